import Bulla
import Observation

/// Where a shell puts what is written out.
@MainActor
public protocol ExportPort: AnyObject {
    /// An absolute path for a file that may be called `name`; nil where the person gave it up.
    func file(_ name: String) async -> String?
}

/// Writes a conversation out, one file at a time.
@MainActor
@Observable
public final class Exporting {
    public private(set) var running = false
    /// How many events were read.
    public private(set) var events = 0
    /// How many files are in it.
    public private(set) var files = 0
    /// Where the last one went.
    public private(set) var file: String?
    /// It holds the newest events alone.
    public private(set) var shortened = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let room: RoomId
    @ObservationIgnored private let port: any ExportPort
    @ObservationIgnored private var export: Export?

    init(_ session: Session, _ room: RoomId, _ port: any ExportPort) {
        (self.session, self.room, self.port) = (session, room, port)
    }

    /// With `files`, those of the messages are beside the page, in an archive.
    public func begin(_ format: ExportFormat, _ words: ExportWords, files archived: Bool = false) async {
        if running { return }
        (running, events, files, file, shortened, problem) = (true, 0, 0, nil, false, nil)
        _ = await attempt({ self.problem = $0 }) { try await write(format, words, archived) }
        (running, export) = (false, nil)
    }

    /// Gives it up: there is no file then.
    public func stop() { export?.cancel() }

    public func problemSeen() { problem = nil }

    private func write(_ format: ExportFormat, _ words: ExportWords, _ archived: Bool) async throws {
        let ending = archived ? ".zip" : format == .html ? ".html" : ".json"
        guard let path = await port.file("conversation" + ending) else { return }
        let export = try await session.room(room: room)
            .export(file: path, format: format, words: words, files: archived)
        self.export = export
        while let told = try await export.next() {
            (events, files, shortened) = (Int(told.events), Int(told.files), told.shortened)
            if told.finished { file = path }
        }
    }
}
