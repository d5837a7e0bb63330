import Bulla

/// Follows a stream of the library until it is ended. What ends it otherwise is told to `failed`; `again` asks for a new one.
@MainActor
final class Following {
    private let follow: @MainActor () async -> Void
    private var task: Task<Void, Never>?

    init<Elements: AsyncSequence>(
        _ open: @escaping @MainActor () async throws -> Elements?,
        failed: @escaping @MainActor (Problem) -> Void,
        show: @escaping @MainActor (Elements.Element) -> Void
    ) where Elements: Sendable, Elements.Element: Sendable, Elements.AsyncIterator: Sendable {
        follow = {
            _ = await attempt(failed) {
                guard let elements = try await open() else { return }
                for try await element in elements {
                    if Task.isCancelled { return }
                    show(element)
                }
            }
        }
        again()
    }

    func again() {
        let follow = follow
        task?.cancel()
        task = Task { await follow() }
    }

    func end() {
        task?.cancel()
        task = nil
    }

    deinit {
        task?.cancel()
    }
}
