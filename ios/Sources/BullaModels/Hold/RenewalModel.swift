import Bulla
import Observation

/// An account that has expired: a mail is asked for, and its link renews it.
@MainActor
@Observable
public final class RenewalModel: ScreenModel {
    /// A mail is on its way.
    public private(set) var sent = false
    /// In how many seconds another mail may be asked for.
    public private(set) var wait = 0
    public private(set) var busy = false
    /// The server was asked, and knows of no renewal.
    public private(set) var notYet = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private var counting: Task<Void, Never>?

    init(_ session: Session) { self.session = session }

    public func sendMail() async {
        await busy {
            try await session.sendRenewalMail()
            sent = true
        }
    }

    /// The person says that it is renewed: the server is asked.
    public func check() async {
        await busy {
            try await session.resume()
            switch await answer(of: session) {
            case nil, .expired?: notYet = true
            case .offline?: failed(.offline)
            default: break
            }
        }
    }

    public func close() { counting?.cancel() }

    private func busy(_ command: () async throws -> Void) async {
        (busy, notYet, problem) = (true, false, nil)
        _ = await attempt(failed, command)
        busy = false
    }

    private func failed(_ problem: Problem) {
        if case .wait(let seconds) = problem { countDown(from: seconds) } else { self.problem = problem }
    }

    private func countDown(from seconds: Int) {
        if wait > 0 { return }
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

/// What the session says next, once it is more than that it tries; nil where that takes too long. A server that does not answer
/// is told as such by the session.
private func answer(of session: Session) async -> SessionState? {
    await withTaskGroup(of: SessionState?.self) { group in
        group.addTask {
            var tried = false
            do {
                for try await state in session.stateUpdates {
                    switch state {
                    case .attaching, .paused: tried = true
                    case .expired where !tried: continue
                    default: return state
                    }
                }
            } catch {
                // The session has ended: whoever follows it says so.
            }
            return nil
        }
        group.addTask {
            try? await Task.sleep(for: .seconds(10))
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        return first
    }
}
