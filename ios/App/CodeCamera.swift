import AVFoundation
import Bulla
import BullaModels
import UIKit

/// The system's own camera takes the picture. Where there is none, or the person does not let the app have it, they choose one from
/// their photos: the system shows them, and gives the app that one alone.
@MainActor
final class CodeCamera: NSObject, CameraPort, UIImagePickerControllerDelegate, UINavigationControllerDelegate {
    private var picker: UIImagePickerController?
    private var waiting: CheckedContinuation<UIImage?, Never>?

    var isCamera: Bool {
        UIImagePickerController.isSourceTypeAvailable(.camera)
            && [.authorized, .notDetermined].contains(AVCaptureDevice.authorizationStatus(for: .video))
    }

    func picture() async throws -> GreyPicture? {
        let image = await withTaskCancellationHandler {
            await withCheckedContinuation { ask($0) }
        } onCancel: {
            // It has been asked for by then: both are the main actor's.
            Task { @MainActor in self.end(with: nil) }
        }
        guard let image else { return nil }
        return try await Task.detached { try GreyPicture(image) }.value
    }

    func imagePickerController(
        _ picker: UIImagePickerController, didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
    ) {
        end(with: info[.originalImage] as? UIImage)
    }

    func imagePickerControllerDidCancel(_ picker: UIImagePickerController) { end(with: nil) }

    private func ask(_ continuation: CheckedContinuation<UIImage?, Never>) {
        guard var front = UIApplication.shared.frontWindow?.rootViewController else { return continuation.resume(returning: nil) }
        while let shown = front.presentedViewController { front = shown }
        let picker = UIImagePickerController()
        picker.sourceType = isCamera ? .camera : .photoLibrary
        // Whoever swipes a sheet away is not heard.
        picker.modalPresentationStyle = .fullScreen
        picker.delegate = self
        (self.picker, waiting) = (picker, continuation)
        front.present(picker, animated: true)
    }

    private func end(with image: UIImage?) {
        picker?.presentingViewController?.dismiss(animated: true)
        waiting?.resume(returning: image)
        (picker, waiting) = (nil, nil)
    }
}

extension GreyPicture {
    /// More pixels a side tell no more of a code.
    private static let side = 1_600.0

    /// However the device was held: a code is read from any side.
    fileprivate init(_ image: UIImage) throws {
        guard let image = image.cgImage else { throw Self.noPicture }
        let scale = min(1, Self.side / Double(max(image.width, image.height)))
        let (width, height) = (max(1, Int(Double(image.width) * scale)), max(1, Int(Double(image.height) * scale)))
        let area = CGRect(x: 0, y: 0, width: width, height: height)
        var luma = Data(count: width * height)
        try luma.withUnsafeMutableBytes { bytes in
            let context = CGContext(
                data: bytes.baseAddress, width: width, height: height, bitsPerComponent: 8, bytesPerRow: width,
                space: CGColorSpaceCreateDeviceGray(), bitmapInfo: CGImageAlphaInfo.none.rawValue)
            guard let context else { throw Self.noPicture }
            // What is transparent is white, as on paper.
            context.setFillColor(gray: 1, alpha: 1)
            context.fill(area)
            context.draw(image, in: area)
        }
        self.init(width: UInt32(width), luma: luma)
    }

    private static var noPicture: Failure { .Invalid(field: .picture, why: .malformed) }
}
