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
    /// What was asked for is done.
    public private(set) var done = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let lock: AppLock
    @ObservationIgnored private var following: Following?
    @ObservationIgnored private var counting: Task<Void, Never>?

    init(_ lock: AppLock) {
        self.lock = lock
        following = Following({ lock.stateUpdates }, failed: { [weak self] in self?.failed($0) }) { [weak self] now in
            self?.stands = now
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
        await command { try await lock.removePin(pin: shown) }
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
        (problem, done) = (nil, false)
    }

    /// Whatever was typed is forgotten when it was of use, and a wrong PIN when it was not.
    private func command(_ work: () async throws -> Void) async {
        if busy { return }
        (busy, done, problem) = (true, false, nil)
        if await attempt(failed, work) != nil {
            (pin, new, again) = ("", "", "")
            done = true
        }
        busy = false
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
