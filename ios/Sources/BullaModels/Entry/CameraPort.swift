import Foundation

/// Where a picture of a QR code comes from, which the app has: a camera, or a file.
@MainActor
public protocol CameraPort: AnyObject {
    /// The person takes a picture; otherwise they choose one.
    var isCamera: Bool { get }

    /// Nil where the person gave it up. What is no picture is a `Failure` as for any other input.
    func picture() async throws -> GreyPicture?
}

/// A picture in grey: one byte a pixel, 0 where it is black, row by row, each of `width` pixels. A million of them are enough.
public struct GreyPicture: Sendable {
    public let width: UInt32
    public let luma: Data

    public init(width: UInt32, luma: Data) { (self.width, self.luma) = (width, luma) }
}
