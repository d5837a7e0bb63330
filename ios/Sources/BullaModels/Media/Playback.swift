import Bulla
import Foundation
import Observation

/// Plays the sound of a conversation's rows, one at a time.
@MainActor
@Observable
public final class Playback {
    /// What is heard, or was stopped on the way.
    public private(set) var item: ItemId?
    /// Until it is here and ready.
    public private(set) var loading = false
    public private(set) var sounding = Sounding()
    public private(set) var problem: Problem?
    public private(set) var trouble: SoundTrouble?

    /// Whether anything can be heard here.
    public let plays: Bool

    @ObservationIgnored private let files: ConversationFiles
    @ObservationIgnored private let port: (any SoundPort)?
    @ObservationIgnored private var player: (any SoundPlayer)?
    @ObservationIgnored private var file: MediaFile?
    @ObservationIgnored private var following: Task<Void, Never>?

    init(_ files: ConversationFiles, _ port: (any SoundPort)?) { (self.files, self.port, plays) = (files, port, port != nil) }

    /// Plays it, or halts what plays; another one takes its place.
    public func toggle(_ item: ItemId) async {
        if self.item == item, let player {
            if sounding.playing { player.pause() } else { player.play() }
            return
        }
        if self.item == item, loading { return }
        await begin(item) { try await self.files.open(item) }
    }

    public func seek(_ position: TimeInterval) { player?.seek(position) }

    /// Nothing is heard any more, nor open.
    public func stop() {
        following?.cancel()
        player?.close()
        file?.release()
        (following, player, file) = (nil, nil, nil)
        (item, loading, sounding, problem, trouble) = (nil, false, Sounding(), nil, nil)
    }

    /// Plays what `open` gives, which is released at the end.
    func begin(_ item: ItemId, _ open: () async throws -> MediaFile) async {
        guard let port else { return }
        stop()
        (self.item, loading) = (item, true)
        guard let file = await attempt({ self.problem = $0 }, open) else {
            loading = false
            return
        }
        // Another one was asked for meanwhile.
        guard self.item == item else { return file.release() }
        do {
            let player = try await port.open(file)
            guard self.item == item else {
                player.close()
                return file.release()
            }
            (self.file, self.player) = (file, player)
            let states = player.states
            following = Task { [weak self] in for await now in states { self?.show(now) } }
            player.play()
        } catch {
            file.release()
            if self.item == item { (loading, trouble) = (false, error as? SoundTrouble ?? .format) }
        }
    }

    private func show(_ now: Sounding) { (loading, sounding, trouble) = (false, now, now.trouble) }
}
