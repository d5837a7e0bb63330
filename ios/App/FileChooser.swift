import AVFoundation
import Bulla
import BullaModels
import PhotosUI
import UIKit
import UniformTypeIdentifiers

/// The system's own pickers, which show the app what was chosen and need no permission. What is chosen is copied into a folder of the app's,
/// and removed once the library has it.
@MainActor
final class FileChooser: NSObject, FilePort, PHPickerViewControllerDelegate, UIDocumentPickerDelegate {
    private var shown: UIViewController?
    private var photo: CheckedContinuation<NSItemProvider?, Never>?
    private var document: CheckedContinuation<URL?, Never>?

    func choose(pictures: Bool) async throws -> ChosenFile? {
        if !pictures {
            guard let chosen = await asked({ UIDocumentPickerViewController(forOpeningContentTypes: [.item], asCopy: true) }) else {
                return nil
            }
            return try await Self.taken(from: chosen, named: chosen.lastPathComponent)
        }
        guard let provider = await picked() else { return nil }
        let type = provider.hasItemConformingToTypeIdentifier(UTType.movie.identifier) ? UTType.movie : UTType.image
        let copy: URL = try await withCheckedThrowingContinuation { answer in
            _ = provider.loadFileRepresentation(forTypeIdentifier: type.identifier) { url, _ in
                // The system's file is gone once this returns.
                answer.resume(with: Result { try Self.copied(url) })
            }
        }
        return try await Self.described(copy, named: copy.lastPathComponent)
    }

    func save(_ file: MediaFile) async throws -> Bool {
        let copy = try Self.folder().appendingPathComponent(file.name())
        defer { Self.remove(copy) }
        try await file.save(path: copy.path)
        return await asked({ UIDocumentPickerViewController(forExporting: [copy], asCopy: true) }) != nil
    }

    func picker(_ picker: PHPickerViewController, didFinishPicking results: [PHPickerResult]) {
        end(photo: results.first?.itemProvider)
    }

    func documentPicker(_ controller: UIDocumentPickerViewController, didPickDocumentsAt urls: [URL]) { end(document: urls.first) }

    func documentPickerWasCancelled(_ controller: UIDocumentPickerViewController) { end(document: nil) }

    private func picked() async -> NSItemProvider? {
        await withCheckedContinuation { continuation in
            var settings = PHPickerConfiguration()
            settings.filter = .any(of: [.images, .videos])
            // A JPEG rather than what only this system reads.
            settings.preferredAssetRepresentationMode = .compatible
            let picker = PHPickerViewController(configuration: settings)
            picker.delegate = self
            photo = continuation
            show(picker)
        }
    }

    private func asked(_ make: () -> UIDocumentPickerViewController) async -> URL? {
        await withCheckedContinuation { continuation in
            let picker = make()
            picker.delegate = self
            document = continuation
            show(picker)
        }
    }

    private func show(_ picker: UIViewController) {
        guard var front = UIApplication.shared.frontWindow?.rootViewController else { return end() }
        while let over = front.presentedViewController { front = over }
        // Whoever swipes a sheet away is not heard.
        picker.modalPresentationStyle = .fullScreen
        shown = picker
        front.present(picker, animated: true)
    }

    private func end(photo chosen: NSItemProvider? = nil, document url: URL? = nil) {
        shown?.presentingViewController?.dismiss(animated: true)
        photo?.resume(returning: chosen)
        document?.resume(returning: url)
        (shown, photo, document) = (nil, nil, nil)
    }

    /// A folder of its own for each: what others call a file is text, and names may meet.
    private nonisolated static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sending/\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.protectionKey: FileProtectionType.complete])
        return folder
    }

    private nonisolated static func copied(_ url: URL?) throws -> URL {
        guard let url else { throw Failure.Invalid(field: .media, why: .wrong) }
        do {
            let copy = try folder().appendingPathComponent(url.lastPathComponent)
            try FileManager.default.copyItem(at: url, to: copy)
            return copy
        } catch {
            throw Failure.Invalid(field: .media, why: .wrong)
        }
    }

    private nonisolated static func remove(_ copy: URL) { try? FileManager.default.removeItem(at: copy.deletingLastPathComponent()) }

    private static func taken(from url: URL, named name: String) async throws -> ChosenFile {
        let copy = try await Task.detached { try copied(url) }.value
        return try await described(copy, named: name)
    }

    private static func described(_ copy: URL, named name: String) async throws -> ChosenFile {
        guard let size = try? copy.resourceValues(forKeys: [.fileSizeKey]).fileSize else {
            throw Failure.Invalid(field: .media, why: .wrong)
        }
        let type = UTType(filenameExtension: copy.pathExtension)
        let film = type?.conforms(to: .movie) == true ? await film(copy) : nil
        return ChosenFile(
            path: copy.path, name: name, mime: type?.preferredMIMEType, size: UInt64(size), film: film, release: { remove(copy) })
    }

    /// What a film is like; nil where the system cannot tell.
    private static func film(_ url: URL) async -> ChosenFile.Film? {
        let asset = AVURLAsset(url: url)
        guard let track = try? await asset.loadTracks(withMediaType: .video).first,
            let (size, turn) = try? await track.load(.naturalSize, .preferredTransform), let duration = try? await asset.load(.duration)
        else { return nil }
        let seen = size.applying(turn)
        let maker = AVAssetImageGenerator(asset: asset)
        maker.appliesPreferredTrackTransform = true
        maker.maximumSize = CGSize(width: 1_280, height: 1_280)
        let poster = try? await maker.image(at: .zero).image
        return ChosenFile.Film(
            width: UInt32(abs(seen.width)), height: UInt32(abs(seen.height)), duration: max(duration.seconds, 0),
            poster: poster.flatMap { UIImage(cgImage: $0).jpegData(compressionQuality: 0.85) })
    }
}
