import Bulla
import Observation

/// A row that is a file.
public struct FileRow: Identifiable, Equatable, Sendable {
    public let id: ItemId
    public let event: EventItem
    public let kind: MediaKind
    public let name: String
    public let caption: String?
    public let size: UInt64?
    public let details: MediaDetails

    /// None where the row is no file, or has not arrived.
    public init?(_ row: TimelineItem) {
        guard let event = row.event, event.sendState == .delivered,
            case .media(let kind, let name, let caption, let size, let details) = event.body
        else { return nil }
        (id, self.event, self.kind, self.name) = (row.id, event, kind, name)
        (self.caption, self.size, self.details) = (caption, size, details)
    }

    /// It can be looked at as a whole.
    public var isPicture: Bool { kind == .image && details.hasThumbnail }
}

/// The picture that fills the screen, and those beside it.
@MainActor
@Observable
public final class Viewer {
    /// Which one is looked at; nil where none is.
    public private(set) var item: ItemId?

    @ObservationIgnored private let rows: @MainActor () -> [TimelineItem]

    init(_ rows: @escaping @MainActor () -> [TimelineItem]) { self.rows = rows }

    /// All that can be looked at here, oldest first.
    public var pictures: [FileRow] { rows().compactMap(FileRow.init).filter(\.isPicture) }

    public func open(_ item: ItemId) { self.item = item }

    /// Goes on by so many pictures, as far as there are.
    public func move(_ step: Int) {
        let all = pictures
        guard let at = all.firstIndex(where: { $0.id == item }) else { return }
        item = all[min(max(at + step, 0), all.count - 1)].id
    }

    /// Back to where it was opened.
    public func leave() { item = nil }
}
