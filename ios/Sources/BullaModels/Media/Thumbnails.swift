import Bulla
import Foundation

/// Small pictures of files, made by `decode` into what the platform draws. The last `keptThumbnails` stay in memory; the library keeps the rest.
@MainActor
public final class Thumbnails<Picture: Sendable> {
    private struct Wanted: Hashable {
        let id: MediaId
        let side: UInt32
    }

    private let decode: @Sendable (Data) -> Picture?
    private var kept: [Wanted: Picture] = [:]
    /// Whatever was looked at last is last.
    private var order: [Wanted] = []

    public init(decode: @escaping @Sendable (Data) -> Picture?) { self.decode = decode }

    /// The picture, if it is in memory.
    public func at(_ id: MediaId, side: UInt32) -> Picture? {
        let wanted = Wanted(id: id, side: side)
        guard let picture = kept[wanted] else { return nil }
        order.removeAll { $0 == wanted }
        order.append(wanted)
        return picture
    }

    /// The picture, which `ask` gives where it is not in memory; nil where there is none to be had now.
    public func thumbnail(_ id: MediaId, side: UInt32, _ ask: () async -> Data?) async -> Picture? {
        if let picture = at(id, side: side) { return picture }
        guard let bytes = await ask(), let picture = await passing(bytes) else { return nil }
        let wanted = Wanted(id: id, side: side)
        order.removeAll { $0 == wanted }
        (kept[wanted], order) = (picture, order + [wanted])
        if order.count > keptThumbnails { kept[order.removeFirst()] = nil }
        return picture
    }

    /// One that is not kept.
    public func passing(_ bytes: Data) async -> Picture? {
        let decode = decode
        return await Task.detached { decode(bytes) }.value
    }

    /// A few colours until the picture is there; nil where what the sender says makes none.
    public func colours(_ blurhash: String) async -> Picture? {
        let decode = decode
        return await Task.detached { (try? blurhashPicture(hash: blurhash, width: 32, height: 32)).flatMap { decode($0) } }.value
    }
}

public let keptThumbnails = 40
