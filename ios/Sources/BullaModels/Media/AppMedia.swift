import Bulla

/// The models of the screens about files.
extension AppModel {
    public func gallery(_ room: RoomId) -> GalleryModel? {
        own(.gallery(room)) { [ports] session, _ in GalleryModel(session, room, ports) }
    }

    public func ending(_ room: RoomId) -> EndingModel? {
        own(.ending(room)) { session, _ in EndingModel(session, room) }
    }

    public func storage() -> StorageModel? {
        own(.storage) { session, _ in StorageModel(session) }
    }

    var ports: MediaPorts {
        MediaPorts(files: files, sound: sound, scanned: deployment?.manifest?.mediaScanner != nil)
    }
}
