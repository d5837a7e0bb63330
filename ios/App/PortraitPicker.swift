import Bulla
import BullaModels
import PhotosUI
import UIKit

/// The system shows the person their photos, and gives the app the one that they choose: it needs no permission.
@MainActor
final class PortraitPicker: NSObject, PicturePort, PHPickerViewControllerDelegate {
    private var picker: PHPickerViewController?
    private var waiting: CheckedContinuation<NSItemProvider?, Never>?

    func picture() async throws -> Data? {
        let chosen = await withTaskCancellationHandler {
            await withCheckedContinuation { ask($0) }
        } onCancel: {
            // It has been asked for by then: both are the main actor's.
            Task { @MainActor in self.end(with: nil) }
        }
        guard let chosen else { return nil }
        return try await withCheckedThrowingContinuation { answer in
            _ = chosen.loadFileRepresentation(forTypeIdentifier: UTType.image.identifier) { url, _ in
                answer.resume(with: Result { try Self.bytes(at: url) })
            }
        }
    }

    func picker(_ picker: PHPickerViewController, didFinishPicking results: [PHPickerResult]) {
        end(with: results.first?.itemProvider)
    }

    /// How long it is is looked at before any of it is read.
    private nonisolated static func bytes(at url: URL?) throws -> Data {
        guard let url, let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize else {
            throw Failure.Invalid(field: .picture, why: .malformed)
        }
        guard size <= largestPicture else { throw Failure.Invalid(field: .picture, why: .tooLong) }
        do {
            return try Data(contentsOf: url)
        } catch {
            throw Failure.Invalid(field: .picture, why: .malformed)
        }
    }

    private func ask(_ continuation: CheckedContinuation<NSItemProvider?, Never>) {
        guard var front = UIApplication.shared.frontWindow?.rootViewController else { return continuation.resume(returning: nil) }
        while let shown = front.presentedViewController { front = shown }
        var settings = PHPickerConfiguration()
        settings.filter = .images
        // A JPEG rather than what only this system reads.
        settings.preferredAssetRepresentationMode = .compatible
        let picker = PHPickerViewController(configuration: settings)
        // Whoever swipes a sheet away is not heard.
        picker.modalPresentationStyle = .fullScreen
        picker.delegate = self
        (self.picker, waiting) = (picker, continuation)
        front.present(picker, animated: true)
    }

    private func end(with chosen: NSItemProvider?) {
        picker?.presentingViewController?.dismiss(animated: true)
        waiting?.resume(returning: chosen)
        (picker, waiting) = (nil, nil)
    }
}
