import Foundation

/// Where a picture of a person or a room is chosen, which the app has.
@MainActor
public protocol PicturePort: AnyObject {
    /// The file as it is; nil where the person gave it up. One of more than `largestPicture` bytes is not handed out: it fails with
    /// `Invalid` (`picture`, `tooLong`).
    func picture() async throws -> Data?
}

/// In bytes.
public let largestPicture = 30 << 20
