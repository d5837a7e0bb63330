import Bulla
import Foundation

/// Where this person is, told to one conversation as it changes, for as long as its screen is on the way.
@MainActor
public final class PlaceSharing {
    /// For how long one may share, in seconds.
    public static let durations: [TimeInterval] = [15 * 60, 3_600, 8 * 3_600]

    private let port: (any PlacePort)?
    private let failed: @MainActor (Problem) -> Void
    private let room: @MainActor () async throws -> Room
    private var telling: Task<Void, Never>?

    init(
        _ port: (any PlacePort)?, failed: @escaping @MainActor (Problem) -> Void,
        room: @escaping @MainActor () async throws -> Room
    ) {
        (self.port, self.failed, self.room) = (port, failed, room)
    }

    /// Begins to share; `about` is seen by the others where the conversation is not encrypted.
    func begin(_ duration: TimeInterval, about: String?) async {
        guard let port else { return }
        let begun: Void? = await attempt(failed) { try await room().sharePlace(duration: duration, description: about) }
        guard begun != nil else { return }
        end()
        telling = Task { [weak self] in await self?.tell(port, until: .now + duration) }
    }

    /// Ends it, also where another device or an earlier start of the app began it.
    public func stop() async {
        end()
        _ = await attempt(failed) { try await room().stopPlace() }
    }

    /// Tells nothing more.
    func end() {
        telling?.cancel()
        telling = nil
    }

    private func tell(_ port: any PlacePort, until: Date) async {
        var (said, goesOn) = (false, true)
        while goesOn, Date.now < until, !Task.isCancelled {
            if let place = await port.here() {
                _ = await attempt({ problem in
                    // It was ended elsewhere.
                    if case .notFound = problem { goesOn = false }
                    if !goesOn || said || problem == .offline { return }
                    said = true
                    failed(problem)
                }) { try await room().tellPlace(place: place) }
            }
            try? await Task.sleep(for: port.pace)
        }
    }
}
