import Bulla
import Foundation
import Observation

/// A voice message: recorded, then sent or thrown away.
@MainActor
@Observable
public final class VoiceMessage {
    public private(set) var recording = false
    /// Recorded, and not sent.
    public private(set) var ready = false
    public private(set) var heard = Heard()
    public private(set) var trouble: SoundTrouble?
    public private(set) var problem: Problem?

    /// Whether there is anything to record with.
    public let records: Bool

    @ObservationIgnored private let port: (any SoundPort)?
    @ObservationIgnored private let hand: @MainActor (MediaDraft) async throws -> Void
    @ObservationIgnored private var begun: (any SoundRecording)?
    @ObservationIgnored private var following: Task<Void, Never>?
    @ObservationIgnored private var recorded: ChosenFile?

    init(_ port: (any SoundPort)?, send: @escaping @MainActor (MediaDraft) async throws -> Void) {
        (self.port, hand, records) = (port, send, port != nil)
    }

    public var active: Bool { recording || ready }

    public func begin() async {
        guard let port, !active else { return }
        (recording, heard, trouble, problem) = (true, Heard(), nil, nil)
        do {
            let begun = try await port.record(longest: longestVoiceMessage)
            // It was given up meanwhile.
            guard recording else { return begun.discard() }
            self.begun = begun
            let told = begun.heard
            following = Task { [weak self] in
                for await heard in told { self?.heard = heard }
                if !Task.isCancelled { await self?.stop() }
            }
        } catch {
            (recording, trouble) = (false, error as? SoundTrouble ?? .noInput)
        }
    }

    /// Ends the recording.
    public func stop() async {
        guard let begun else { return }
        self.begun = nil
        do {
            recorded = try await begun.finish()
            (recording, ready) = (false, true)
        } catch {
            (recording, trouble) = (false, error as? SoundTrouble ?? .noInput)
        }
    }

    /// Sends what was recorded; while it records, ends that first. What is refused stays, to be sent again.
    public func send() async {
        if recording { await stop() }
        guard let file = recorded else { return }
        let draft = MediaDraft(
            path: file.path, kind: .voice, name: file.name, mime: file.mime, duration: heard.duration,
            waveform: waveform(heard.levels))
        if await attempt({ self.problem = $0 }, { try await hand(draft) }) != nil { leave() }
    }

    public func discard() {
        begun?.discard()
        begun = nil
        leave()
    }

    public func seen() { (trouble, problem) = (nil, nil) }

    private func leave() {
        following?.cancel()
        recorded?.release()
        (following, recorded) = (nil, nil)
        (recording, ready, heard, trouble, problem) = (false, false, Heard(), nil, nil)
    }
}

/// In seconds.
public let longestVoiceMessage: TimeInterval = 120
