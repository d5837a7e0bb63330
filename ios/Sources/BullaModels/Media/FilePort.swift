import Bulla
import Foundation

/// Where files are chosen and copies of them written, which the app has.
@MainActor
public protocol FilePort: AnyObject {
    /// What the person chooses; nil where they gave it up. Nothing of it is read into memory.
    func choose(pictures: Bool) async throws -> ChosenFile?

    /// Writes a copy of `file` where the person wants it; false where they gave it up. Its name is safe in a folder.
    func save(_ file: MediaFile) async throws -> Bool
}

/// A file that is about to be sent.
public struct ChosenFile: Sendable {
    /// What a film is like, where the platform knows.
    public struct Film: Sendable {
        public let width: UInt32
        public let height: UInt32
        public let duration: TimeInterval
        public let poster: Data?

        public init(width: UInt32, height: UInt32, duration: TimeInterval, poster: Data?) {
            (self.width, self.height, self.duration, self.poster) = (width, height, duration, poster)
        }
    }

    public let path: String
    /// What others see as its name.
    public let name: String
    public let mime: String?
    public let size: UInt64
    public let film: Film?
    /// Removes what was made to hand it over; called once it was sent or given up.
    public let release: @Sendable () -> Void

    public init(
        path: String, name: String, mime: String?, size: UInt64, film: Film? = nil, release: @escaping @Sendable () -> Void = {}
    ) {
        (self.path, self.name, self.mime, self.size, self.film, self.release) = (path, name, mime, size, film, release)
    }

    /// What it is to others, as its type says.
    public var kind: MediaKind {
        switch mime?.split(separator: "/").first {
        case "image": mime == "image/svg+xml" ? .file : .image
        case "video": .video
        case "audio": .audio
        default: .file
        }
    }
}
