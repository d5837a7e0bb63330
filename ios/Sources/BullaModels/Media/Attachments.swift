import Bulla
import Foundation
import Observation

/// What is sent besides text: chosen, captioned, on its way.
@MainActor
@Observable
public final class Attachments {
    /// What was chosen and not sent.
    public private(set) var chosen: ChosenFile?
    public private(set) var caption = ""
    /// A picture that leaves as it is, with all that the camera noted.
    public private(set) var original = false
    /// How many bytes the server takes; nil until it is known, and where it never said.
    public private(set) var limit: UInt64?
    public private(set) var busy = false
    /// What is on its way out of this conversation.
    public private(set) var uploads: [Upload] = []
    public private(set) var problem: Problem?

    /// Whether files can be chosen.
    public let chooses: Bool
    /// Whether the deployment has an antivirus, which gets the key of every file.
    public let scanned: Bool

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let port: (any FilePort)?
    @ObservationIgnored private let hand: @MainActor (MediaDraft) async throws -> Void
    @ObservationIgnored private var following: Following?

    init(
        _ session: Session, _ room: RoomId, thread: EventId?, _ ports: MediaPorts,
        send: @escaping @MainActor (MediaDraft) async throws -> Void
    ) {
        (self.session, port, hand) = (session, ports.files, send)
        (chooses, scanned) = (ports.files != nil, ports.scanned)
        following = Following({ session.uploadList }, failed: { _ in }) { [weak self] all in
            self?.uploads = all.filter { $0.room == room && $0.thread == thread }
        }
    }

    public var tooLarge: Bool {
        guard let chosen, let limit else { return false }
        return chosen.size > limit
    }

    public var canSend: Bool { chosen != nil && !tooLarge && !busy }

    /// Lets the person choose a picture or a film, or any file.
    public func choose(pictures: Bool) async {
        guard let port, let file = await attempt({ self.problem = $0 }, { try await port.choose(pictures: pictures) }) ?? nil else {
            return
        }
        giveUp()
        chosen = file
        // Said beforehand where it is known; the core refuses what is too large all the same.
        if let known = await attempt({ _ in }, { try await session.mediaLimit() }) ?? nil { limit = known }
    }

    public func setCaption(_ text: String) { caption = text }

    public func setOriginal(_ original: Bool) { self.original = original }

    /// Hands it over: from here on the core has it, and the original may go. What is refused stays, to be sent otherwise.
    public func send(replyTo: ItemId? = nil) async {
        guard let file = chosen, canSend else { return }
        (busy, problem) = (true, nil)
        defer { busy = false }
        let said = caption.trimmed
        let draft = MediaDraft(
            path: file.path, kind: original ? .file : file.kind, name: file.name, mime: file.mime, caption: said.isEmpty ? nil : said,
            width: file.film?.width, height: file.film?.height, duration: file.film?.duration, poster: file.film?.poster,
            replyTo: replyTo)
        if await attempt({ self.problem = $0 }, { try await hand(draft) }) != nil { giveUp() }
    }

    /// Nothing is sent.
    public func giveUp() {
        chosen?.release()
        (chosen, caption, original, problem) = (nil, "", false, nil)
    }

    public func retry(_ upload: UploadId) async {
        _ = await attempt({ self.problem = $0 }) { try await session.retryUpload(upload: upload) }
    }

    public func cancel(_ upload: UploadId) async {
        _ = await attempt({ self.problem = $0 }) { _ = try await session.cancelUpload(upload: upload) }
    }

    public func problemSeen() { problem = nil }

    func end() {
        giveUp()
        following?.end()
    }
}
