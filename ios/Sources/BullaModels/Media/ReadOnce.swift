import Bulla
import Foundation
import Observation

/// A message that is opened once, and gone when it is closed.
@MainActor
@Observable
public final class ReadOnce {
    public private(set) var item: ItemId?
    /// What it says; nil until it is here.
    public private(set) var body: MessageBody?
    /// Made anew by the core, where it is a picture. Kept nowhere else.
    public private(set) var picture: Data?
    public private(set) var saving = false
    public private(set) var problem: Problem?

    /// Whether what has to be opened elsewhere can be written out.
    public let saves: Bool

    @ObservationIgnored private let port: (any FilePort)?
    @ObservationIgnored private let playback: Playback
    @ObservationIgnored private let timeline: () async throws -> Timeline
    @ObservationIgnored private var opened: OpenedMessage?
    @ObservationIgnored private var media: Media?

    init(_ port: (any FilePort)?, _ playback: Playback, timeline: @escaping @MainActor () async throws -> Timeline) {
        (self.port, self.playback, self.timeline, saves) = (port, playback, timeline, port != nil)
    }

    /// From here on it counts as opened, on every device of this person.
    public func open(_ item: ItemId) async {
        if self.item != nil { return }
        self.item = item
        guard let message = await attempt({ self.problem = $0 }, { try await timeline().openOnce(item: item) }) else { return }
        guard self.item == item else { return }
        (opened, body, media) = (message, message.body(), message.media())
        guard case .media(.image, _, _, _, _) = body, let media else { return }
        let made = await attempt({ self.problem = $0 }) { try await media.thumbnail(side: 2_048) }
        if self.item == item { picture = made }
    }

    /// Lets a sound be heard.
    public func play() async {
        guard let item, let media else { return }
        if playback.item == item { await playback.toggle(item) } else { await playback.begin(item) { try await media.open() } }
    }

    /// Writes out what has to be opened elsewhere.
    public func save() async {
        guard let port, let media else { return }
        saving = true
        defer { saving = false }
        _ = await attempt({ self.problem = $0 }) {
            let file = try await media.open()
            defer { file.release() }
            _ = try await port.save(file)
        }
    }

    /// It is gone then.
    public func close() {
        if let item, playback.item == item { playback.stop() }
        (item, body, picture, problem) = (nil, nil, nil, nil)
        // What nobody holds is erased.
        (media, opened) = (nil, nil)
    }
}
