import Bulla
import Observation

/// Shows a PIN to the lock of the app, and sets, changes and removes it.
@MainActor
@Observable
public final class LockModel: ScreenModel {
    /// How the lock stands; nil until it is known.
    public private(set) var stands: AppLockState?
    /// The PIN that there is.
    public var pin = "" { didSet { typed() } }
    /// The one that is to be, twice.
    public var new = "" { didSet { typed() } }
    public var again = "" { didSet { typed() } }
    /// In how many seconds a PIN is looked at again.
    public private(set) var wait = 0
    public private(set) var busy = false
    /// A finger or a face may open the lock, too, if the person wants.
    public private(set) var ownerAvailable = false
    /// One does.
    public private(set) var byOwner = false
    /// It was not known, or the person did not want.
    public private(set) var declined = false
    /// What was asked for is done.
    public private(set) var done = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let lock: AppLock
    @ObservationIgnored private let owner: (any OwnerCheck)?
    @ObservationIgnored private var following: Following?
    @ObservationIgnored private var counting: Task<Void, Never>?

    init(_ lock: AppLock, _ owner: (any OwnerCheck)?) {
        (self.lock, self.owner) = (lock, owner)
        following = Following({ lock.stateUpdates }, failed: { [weak self] in self?.failed($0) }) { [weak self] now in
            self?.stands = now
            self?.lookAtOwner()
            if case .locked(_, let wait?) = now { self?.countDown(from: Int(wait) + 1) }
        }
    }

    public var wrong: Bool { problem == .invalid(.pin, .wrong) }

    /// What the new PIN lacks.
    public var lacks: FieldTrouble? {
        if !wrong, case .invalid(.pin, let why)? = problem { why } else { nil }
    }

    public var differ: Bool { !again.isEmpty && !new.hasPrefix(again) }
    public var chosen: Bool { !new.isEmpty && new == again }
    public var mayUnlock: Bool { !pin.isEmpty && wait == 0 && !busy }

    public func unlock() async {
        let shown = pin
        await command { try await lock.unlock(pin: shown) }
    }

    /// Has the device look who is there. Whom it does not know types the PIN.
    public func unlockByOwner() async {
        guard let owner else { return }
        var opened = true
        await command { opened = try await lock.unlockWithPlatform(platform: owner) }
        declined = !opened
    }

    /// Lets the device open the lock beside the PIN.
    public func allowOwner() async {
        guard let owner else { return }
        await command { try await lock.allowPlatform(platform: owner) }
    }

    public func forbidOwner() async {
        guard let owner else { return }
        await command { try await lock.forbidPlatform(platform: owner) }
    }

    public func choose() async {
        let (old, wanted) = (pin, new)
        await command {
            if case .off? = stands {
                try await lock.setPin(pin: wanted)
            } else {
                try await lock.changePin(old: old, new: wanted)
            }
        }
    }

    public func remove() async {
        let shown = pin
        await command {
            try await lock.removePin(pin: shown)
            // Its key opens nothing any more.
            if let owner, owner.kept { try await lock.forbidPlatform(platform: owner) }
        }
    }

    public func lockNow() async {
        await command { try await lock.lock() }
    }

    public func close() {
        following?.end()
        counting?.cancel()
    }

    private func typed() {
        if busy { return }
        (problem, done, declined) = (nil, false, false)
    }

    /// What the device can do may change at any time.
    private func lookAtOwner() {
        ownerAvailable = owner?.available == true
        byOwner = ownerAvailable && owner?.kept == true
    }

    /// Whatever was typed is forgotten when it was of use, and a wrong PIN when it was not.
    private func command(_ work: () async throws -> Void) async {
        if busy { return }
        (busy, done, declined, problem) = (true, false, false, nil)
        if await attempt(failed, work) != nil {
            (pin, new, again) = ("", "", "")
            done = true
        }
        busy = false
        lookAtOwner()
    }

    private func failed(_ problem: Problem) {
        if case .wait(let seconds) = problem { return countDown(from: seconds) }
        pin = ""
        self.problem = problem
    }

    private func countDown(from seconds: Int) {
        counting?.cancel()
        wait = seconds
        counting = Task { [weak self] in
            while let left = self?.wait, left > 0 {
                try? await Task.sleep(for: .seconds(1))
                if Task.isCancelled { return }
                self?.wait = left - 1
            }
        }
    }
}
