import Bulla
import Observation

/// The files of a conversation, as far back as somebody has looked.
@MainActor
@Observable
public final class GalleryModel: ScreenModel {
    /// Newest first.
    public private(set) var pictures: [FileRow] = []
    /// Sound and everything else, newest first.
    public private(set) var others: [FileRow] = []
    public private(set) var loading = true
    public private(set) var loadingOlder = false
    /// The conversation's beginning is reached.
    public private(set) var atStart = false
    public private(set) var problem: Problem?

    public let room: RoomId
    public let scanned: Bool
    @ObservationIgnored public private(set) var files: ConversationFiles! = nil
    @ObservationIgnored public private(set) var playback: Playback! = nil
    @ObservationIgnored public private(set) var viewer: Viewer! = nil

    @ObservationIgnored private let session: Session
    @ObservationIgnored private var rows: [TimelineItem] = []
    @ObservationIgnored private var opening: Task<(Room, Timeline), any Error>?
    @ObservationIgnored private var following: Following?

    init(_ session: Session, _ room: RoomId, _ ports: MediaPorts) {
        (self.session, self.room, scanned) = (session, room, ports.scanned)
        files = ConversationFiles(session, ports.files) { [weak self] in
            guard let self else { throw CancellationError() }
            return try await timeline()
        }
        playback = Playback(files, ports.sound)
        viewer = Viewer { [weak self] in self?.rows ?? [] }
        following = Following({ [weak self] in try await self?.timeline().rows }, failed: { [weak self] in self?.failed($0) }) {
            [weak self] in self?.show($0.rows)
        }
    }

    /// Looks further back: page after page, until there is something new or no more.
    public func older() async {
        if loadingOlder || atStart { return }
        (loadingOlder, problem) = (true, nil)
        defer { loadingOlder = false }
        let before = pictures.count + others.count
        for _ in 1...10 {
            guard let start = await attempt(failed, { try await timeline().paginateBack(count: 100) }) else { return }
            if start { atStart = true }
            if start || pictures.count + others.count > before { return }
        }
    }

    public func problemSeen() { problem = nil }

    public func close() {
        playback.stop()
        following?.end()
        opening = nil
    }

    private func show(_ shown: [TimelineItem]) {
        rows = shown
        let all = shown.compactMap(FileRow.init).reversed()
        pictures = all.filter { $0.kind == .image || $0.kind == .video }
        others = all.filter { $0.kind != .image && $0.kind != .video }
        loading = false
        if shown.first?.content == .start { atStart = true }
    }

    private func timeline() async throws -> Timeline {
        let task =
            opening
            ?? Task { [session, room] in
                let room = try await session.room(room: room)
                return (room, try await room.timeline())
            }
        opening = task
        do {
            return try await task.value.1
        } catch {
            if opening == task { opening = nil }
            throw error
        }
    }

    private func failed(_ problem: Problem) { (loading, self.problem) = (false, problem) }
}
