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

    public func begin(_ format: ExportFormat, _ words: ExportWords) async {
        if running { return }
        (running, events, file, shortened, problem) = (true, 0, nil, false, nil)
        _ = await attempt({ self.problem = $0 }) { try await write(format, words) }
        (running, export) = (false, nil)
    }

    /// Gives it up: there is no file then.
    public func stop() { export?.cancel() }

    public func problemSeen() { problem = nil }

    private func write(_ format: ExportFormat, _ words: ExportWords) async throws {
        guard let path = await port.file("conversation" + (format == .html ? ".html" : ".json")) else { return }
        let export = try await session.room(room: room).export(file: path, format: format, words: words)
        self.export = export
        while let told = try await export.next() {
            (events, shortened) = (Int(told.events), told.shortened)
            if told.finished { file = path }
        }
    }
}
