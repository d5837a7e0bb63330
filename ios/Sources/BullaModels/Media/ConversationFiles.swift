import Bulla
import Foundation
import Observation

/// How a file in a row stands.
public struct FileState: Equatable, Sendable {
    public var scan = ScanState.waiting
    /// Whether it is on this device.
    public var here = false
    public var transfer: Transfer?
    /// Why it is not known.
    public var problem: Problem?

    public init(scan: ScanState = .waiting, here: Bool = false, transfer: Transfer? = nil, problem: Problem? = nil) {
        (self.scan, self.here, self.transfer, self.problem) = (scan, here, transfer, problem)
    }

    /// Nothing else is opened.
    public var mayOpen: Bool { scan == .clean }
}

/// The files in the rows of a conversation.
@MainActor
@Observable
public final class ConversationFiles {
    /// Those of which a copy is being written.
    public private(set) var saving: Set<ItemId> = []
    /// A copy was written.
    public private(set) var saved = false
    public private(set) var problem: Problem?

    /// Whether copies can be written.
    public let saves: Bool

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let port: (any FilePort)?
    @ObservationIgnored private let timeline: () async throws -> Timeline

    init(_ session: Session, _ port: (any FilePort)?, timeline: @escaping @MainActor () async throws -> Timeline) {
        (self.session, self.port, self.timeline, saves) = (session, port, timeline, port != nil)
    }

    /// Tells how the file of a row stands, until its task is cancelled; the antivirus is asked at once, and again once the network is back.
    public func watch(_ item: ItemId, _ show: @escaping @MainActor (FileState) -> Void) async {
        let timeline = timeline
        let failed = { (problem: Problem) in show(FileState(problem: problem)) }
        guard let media = await whenOnline(failed, { try await timeline().media(item: item) }) else { return }
        let asked = Asked()
        let checking = Task { [weak self] in
            _ = await self?.whenOnline({
                asked.problem = $0
                failed($0)
            }) {
                _ = try await media.check()
                asked.problem = nil
            }
        }
        defer { checking.cancel() }
        _ = await attempt(failed) {
            for try await now in media.stateUpdates {
                let problem = now.scan == .waiting ? asked.problem : nil
                show(FileState(scan: now.scan, here: now.here, transfer: now.transfer, problem: problem))
            }
        }
    }

    @MainActor
    private final class Asked {
        var problem: Problem?
    }

    /// Asks the antivirus again; whoever watches sees what it says.
    public func again(_ item: ItemId) async {
        _ = await attempt({ self.problem = $0 }) { _ = try await timeline().media(item: item).check() }
    }

    /// A picture of it, made anew by the core; nil where there is none to be had now.
    public func thumbnail(_ item: ItemId, side: UInt32) async -> Data? {
        await attempt({ _ in }) { try await timeline().media(item: item).thumbnail(side: side) }
    }

    /// The whole of it, for a player. Whoever asks releases it.
    func open(_ item: ItemId) async throws -> MediaFile { try await timeline().media(item: item).open() }

    /// Writes a copy where the person wants it.
    public func save(_ item: ItemId) async {
        guard let port else { return }
        saving.insert(item)
        (saved, problem) = (false, nil)
        defer { saving.remove(item) }
        let done = await attempt({ self.problem = $0 }) {
            let file = try await open(item)
            defer { file.release() }
            return try await port.save(file)
        }
        if done == true { saved = true }
    }

    public func seen() { (saved, problem) = (false, nil) }

    /// What `query` gives, also where the network has to come back for it.
    private func whenOnline<Result>(_ failed: (Problem) -> Void, _ query: () async throws -> Result) async -> Result? {
        while !Task.isCancelled {
            var problem: Problem?
            if let result = await attempt({ problem = $0 }, query) { return result }
            guard let problem else { return nil }
            failed(problem)
            if problem != .offline { return nil }
            // A network that has gone is not known to be at once.
            try? await Task.sleep(for: .seconds(2))
            _ = await attempt({ _ in }) { for try await state in session.stateUpdates where state == .live { break } }
        }
        return nil
    }
}
