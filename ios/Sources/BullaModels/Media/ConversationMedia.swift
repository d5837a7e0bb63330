import Bulla
import Observation

/// What the app gives for files and sound, and what the deployment says of them.
@MainActor
struct MediaPorts {
    var files: (any FilePort)?
    var sound: (any SoundPort)?
    var scanned = false
}

/// All of a conversation that is not text: what stands in its rows, what is heard and looked at, and what is being sent.
@MainActor
public final class ConversationMedia {
    public let files: ConversationFiles
    public let playback: Playback
    public let viewer: Viewer
    public let once: ReadOnce
    public let attachments: Attachments
    public let voice: VoiceMessage

    init(
        _ session: Session, _ room: RoomId, _ part: Part?, _ ports: MediaPorts,
        timeline: @escaping @MainActor () async throws -> Timeline, lifetime: @escaping @MainActor () -> Lifetime?,
        sent: @escaping @MainActor () -> Void,
        rows: @escaping @MainActor () -> [TimelineItem]
    ) {
        let thread: EventId? = if case .thread(let root) = part { root } else { nil }
        let send: @MainActor (MediaDraft) async throws -> Void = {
            _ = try await timeline().sendMedia(draft: $0.living(lifetime()))
            // One message has a life of its own: what follows lives as the conversation has it again.
            sent()
        }
        files = ConversationFiles(session, ports.files, timeline: timeline)
        playback = Playback(files, ports.sound)
        viewer = Viewer(rows)
        once = ReadOnce(ports.files, playback, timeline: timeline)
        attachments = Attachments(session, room, thread: thread, ports, send: send)
        voice = VoiceMessage(ports.sound, send: send)
    }

    /// Nothing of what was recorded or chosen stays, and nothing is heard.
    func end() {
        once.close()
        playback.stop()
        voice.discard()
        attachments.end()
    }
}

extension MediaDraft {
    /// The same, with a life of its own.
    fileprivate func living(_ lifetime: Lifetime?) -> MediaDraft {
        MediaDraft(
            path: path, kind: kind, name: name, mime: mime, caption: caption, width: width, height: height, duration: duration,
            waveform: waveform, poster: poster, replyTo: replyTo, lifetime: lifetime)
    }
}
