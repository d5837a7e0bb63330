import Bulla
import Foundation

/// Pictures of people and rooms as one account sees them, made by `decode` into what the platform draws. The last `keptPortraits` stay in
/// memory; the library keeps the rest.
@MainActor
public final class Portraits<Picture: Sendable> {
    private struct Wanted: Hashable {
        let uri: MediaUri
        let side: UInt32
    }

    private let session: Session
    private let decode: @Sendable (Data) -> Picture?
    private var kept: [Wanted: Picture] = [:]
    /// Whoever was looked at last is last.
    private var order: [Wanted] = []
    /// Who wants what is being asked for waits for that.
    private var asking: [Wanted: Task<Picture?, Never>] = [:]

    public init(_ session: Session, decode: @escaping @Sendable (Data) -> Picture?) {
        (self.session, self.decode) = (session, decode)
    }

    /// The picture, if it is in memory.
    public func at(_ uri: MediaUri, side: UInt32) -> Picture? {
        let wanted = Wanted(uri: uri, side: side)
        guard let picture = kept[wanted] else { return nil }
        order.removeAll { $0 == wanted }
        order.append(wanted)
        return picture
    }

    /// The picture; nil where there is none to be had now. It is asked for again the next time.
    public func portrait(_ uri: MediaUri, side: UInt32) async -> Picture? {
        if let picture = at(uri, side: side) { return picture }
        let wanted = Wanted(uri: uri, side: side)
        if let task = asking[wanted] { return await task.value }
        let task = Task { [session, decode] in
            guard let png = await attempt({ _ in }, { try await session.avatar(uri: uri, size: side) }) else { return Picture?.none }
            return await Task.detached { decode(png) }.value
        }
        asking[wanted] = task
        let picture = await task.value
        asking[wanted] = nil
        if let picture { keep(picture, as: wanted) }
        return picture
    }

    private func keep(_ picture: Picture, as wanted: Wanted) {
        kept[wanted] = picture
        order.append(wanted)
        if order.count > keptPortraits { kept[order.removeFirst()] = nil }
    }
}

public let keptPortraits = 150
