import Bulla
import Observation

/// Who may contact this person.
@MainActor
@Observable
public final class ContactRulesModel: ScreenModel {
    /// Nil until they are known.
    public private(set) var rules: ContactRules?
    public private(set) var busy = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private var asking: Task<Void, Never>?

    init(_ session: Session) {
        self.session = session
        asking = Task { [weak self] in await self?.again() }
    }

    /// Whom the rule does not hold for: people and servers.
    public var exceptions: [String] { rules.map { $0.people + $0.servers } ?? [] }

    /// Asks for them, also after they could not be had.
    public func again() async { await busy { try await session.contactRules() } }

    /// Lets everybody, or nobody. Exceptions go: they would mean the opposite.
    public func setEverybody(_ everybody: Bool) async { await change { _ in ContactRules(everybody: everybody) } }

    /// Adds an exception: a person by their id, or else a server.
    public func add(_ name: String) async {
        let exception = name.trimmed
        await change { rules in
            if rules.people.contains(exception) || rules.servers.contains(exception) { return rules }
            let person = exception.hasPrefix("@")
            return ContactRules(
                everybody: rules.everybody, servers: rules.servers + (person ? [] : [exception]),
                people: rules.people + (person ? [exception] : []))
        }
    }

    public func remove(_ name: String) async {
        await change { rules in
            ContactRules(
                everybody: rules.everybody, servers: rules.servers.filter { $0 != name }, people: rules.people.filter { $0 != name })
        }
    }

    public func problemSeen() { problem = nil }

    public func close() { asking?.cancel() }

    private func change(_ change: (ContactRules) -> ContactRules) async {
        await busy {
            // As they are now: another device may have changed them.
            try await session.setContactRules(rules: change(try await session.contactRules()))
            return try await session.contactRules()
        }
    }

    private func busy(_ ask: () async throws -> ContactRules) async {
        (busy, problem) = (true, nil)
        if let now = await attempt({ problem = $0 }, ask) { rules = now }
        busy = false
    }
}
