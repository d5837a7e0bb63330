import Bulla
import Observation

/// Where the account is signed in.
@MainActor
@Observable
public final class DevicesModel: ScreenModel {
    /// This one first, then those that are new.
    public private(set) var devices: [DeviceInfo] = []
    public private(set) var loading = true
    /// The server lets a new device in by this one.
    public private(set) var mayLink = false
    /// Those that are to be signed out, once the password is shown.
    public private(set) var leaving: [DeviceId] = []
    public private(set) var busy = false
    /// Somebody else was signed in: the password should be another one.
    public private(set) var advice = false
    /// Where devices are signed out instead: another service signs this person in.
    public private(set) var page: String?
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private var list: Following?
    @ObservationIgnored private var asking: Task<Void, Never>?
    @ObservationIgnored private var denied = false

    init(_ session: Session) {
        self.session = session
        let failed: @MainActor (Problem) -> Void = { [weak self] problem in
            self?.loading = false
            self?.problem = problem
        }
        list = Following({ session.deviceList }, failed: failed) { [weak self] all in
            self?.devices = all.filter(\.current) + all.filter { !$0.current && $0.new } + all.filter { !$0.current && !$0.new }
            self?.loading = false
        }
        // Where it cannot be known, it is not offered.
        asking = Task { [weak self] in
            if let may = await attempt({ _ in }, { try await session.mayLinkDevices() }) { self?.mayLink = may }
        }
    }

    public var others: [DeviceInfo] { devices.filter { !$0.current } }

    /// After the list could not be had.
    public func retry() {
        (loading, problem) = (true, nil)
        list?.again()
    }

    public func rename(_ device: DeviceId, to name: String) async {
        await busy { try await session.renameDevice(device: device, name: name.trimmed) }
    }

    /// It was the person who signed in there.
    public func acknowledge(_ device: DeviceId) async {
        await busy { try await session.acknowledgeDevice(device: device) }
    }

    /// It was not: it is signed out, and another password advised.
    public func deny(_ device: DeviceId) {
        denied = true
        (leaving, problem) = ([device], nil)
    }

    public func leave(_ devices: [DeviceId]) { (leaving, problem) = (devices, nil) }

    public func stay() { (denied, leaving, problem) = (false, [], nil) }

    /// Signs out those that are to be.
    public func signOut(password: String) async {
        let those = leaving
        await busy {
            try await session.signOutDevices(devices: those, password: password)
            (leaving, advice, denied) = ([], denied, false)
        }
    }

    public func adviceSeen() { advice = false }

    public func problemSeen() { problem = nil }

    public func close() {
        list?.end()
        asking?.cancel()
    }

    private func busy(_ command: () async throws -> Void) async {
        (busy, problem) = (true, nil)
        _ = await attempt(failed, command)
        if problem == .forbidden(.delegated) { await elsewhere() }
        busy = false
    }

    private func elsewhere() async {
        let action: AccountAction = leaving.count == 1 ? .signOutDevice(device: leaving[0]) : .devices
        guard let found = await attempt(failed, { try await session.accountManagementUrl(action: action) }) ?? nil else { return }
        (page, leaving, problem, denied) = (found, [], nil, false)
    }

    private func failed(_ problem: Problem) { self.problem = problem }
}
