import BullaModels
import Foundation

/// Conversations that are written out go to the app's documents, which the Files app shows; each has the time in its name.
@MainActor
final class Documents: ExportPort {
    func file(_ name: String) async -> String? {
        let folder = FileManager.default.urls(for: .documentDirectory, in: .userDomainMask).first
        let time = ISO8601DateFormatter().string(from: .now).replacingOccurrences(of: ":", with: "")
        return folder?.appendingPathComponent("\(time)-\(name)").path
    }
}
