import Bulla
import Foundation
import Testing

/// Files in messages, between two servers.
@Suite(.beside)
struct MediaTest {
    @Test func aPictureAndAFileArriveAsTheyWereSent() async throws {
        let (alice, bob, room) = try await Agent.two()
        let hers = try await alice.conversation(room)
        let his = try await bob.conversation(room)
        let folder = try Folder()
        let photo = try folder.write("IMG_0001.gif", gif)
        _ = try await hers.sendMedia(draft: MediaDraft(path: photo, kind: .image, caption: "La salle"))
        let said = Data((0..<100_000).map { UInt8($0 % 251) })
        let paper = try folder.write("rapport.txt", said)
        _ = try await hers.sendMedia(draft: MediaDraft(path: paper, kind: .file))
        try await alice.session.uploadList.wait(for: "nothing left to send") { $0.isEmpty ? () : nil }

        let picture = try await his.file("IMG_0001.gif")
        guard case .media(.image, _, let caption, _, let details) = picture.event.body else {
            throw Trouble("no picture")
        }
        #expect(caption == "La salle")
        #expect(details.width == 1 && details.height == 1 && details.hasThumbnail)
        #expect(try !blurhashPicture(hash: #require(details.blurhash), width: 8, height: 8).isEmpty)
        let seen = try await his.media(item: picture.id)
        #expect(Media.id(seen)() == details.id)
        #expect(try await seen.check() == .clean)
        #expect(try await !seen.thumbnail(side: 96).isEmpty)

        let media = try await his.media(item: his.file("rapport.txt").id)
        try await media.stateUpdates.wait(for: "not here") { $0.here ? nil : () }
        let file = try await Media.open(media)()
        #expect(file.name() == "rapport.txt" && file.mime() == "text/plain" && file.size() == 100_000)
        #expect(try await file.read(offset: 99_990, length: 100) == said.suffix(10))
        let copy = folder.path("copie.txt")
        try await file.save(path: copy)
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == said)
        file.release()
        await #expect(throws: Failure.Closed) { try await file.read(offset: 0, length: 1) }
        try await media.stateUpdates.wait(for: "here") { $0.here && $0.transfer == nil ? () : nil }

        let states = Media.states(media)()
        #expect(try await MediaStream.next(states)()?.here == true)
        MediaStream.cancel(states)()
        #expect(try await MediaStream.next(states)() == nil)
        let uploads = try Session.uploads(alice.session)()
        #expect(try await UploadStream.next(uploads)()?.isEmpty == true)
        UploadStream.cancel(uploads)()
        #expect(try await UploadStream.next(uploads)() == nil)
    }

    @Test func whatIsKeptHereCanBeSeenAndFreed() async throws {
        let (alice, _, room) = try await Agent.two()
        let hers = try await alice.conversation(room)
        let path = try Folder().write("a.bin", Data(count: 50_000))
        _ = try await hers.sendMedia(draft: MediaDraft(path: path, kind: .file))
        let row = try await hers.file("a.bin")
        try await alice.session.uploadList.wait(for: "its row is gone") { $0.isEmpty ? () : nil }
        #expect(try await alice.session.mediaStorage() == MediaStorage(files: 1, bytes: 50_000))
        let usual = try await alice.session.mediaRetention()
        let short = MediaRetention(maxBytes: 10_000, maxAge: 3600)
        try await alice.session.setMediaRetention(retention: short)
        #expect(try await alice.session.mediaRetention() == short)
        #expect(try await alice.session.mediaStorage().files == 0)
        try await alice.session.setMediaRetention(retention: usual)
        _ = try await hers.media(item: row.id).open()
        try await alice.session.clearMedia()
        #expect(try await alice.session.mediaStorage().files == 0)
    }

    @Test(.ours) func whatIsOnItsWayOutCanBeTakenBack() async throws {
        let (alice, bob, room) = try await Agent.two()
        let hers = try await alice.conversation(room)
        #expect(try await alice.session.mediaLimit() != nil)
        let folder = try Folder()
        let empty = try folder.write("empty", Data())
        await #expect(throws: Failure.Invalid(field: .media, why: .empty)) {
            try await hers.sendMedia(draft: MediaDraft(path: empty, kind: .file))
        }

        alice.session.networkChanged(change: .lost)
        try await alice.session.offline()
        let one = try folder.write("one.txt", Data("one".utf8))
        let two = try folder.write("two.txt", Data("two".utf8))
        let first = try await hers.sendMedia(draft: MediaDraft(path: one, kind: .file))
        let second = try await hers.sendMedia(draft: MediaDraft(path: two, kind: .file))
        try await alice.session.uploadList.wait(for: "both wait") {
            $0.map(\.state) == [.waiting, .waiting] ? () : nil
        }
        try await alice.session.retryUpload(upload: second)
        #expect(try await alice.session.cancelUpload(upload: first))
        #expect(try await !alice.session.cancelUpload(upload: first))
        await #expect(throws: Failure.NotFound(what: .media)) { try await alice.session.retryUpload(upload: first) }
        alice.session.networkChanged(change: .available)
        let his = try await bob.conversation(room)
        _ = try await his.file("two.txt")
        try await his.rows.wait(for: "only the second") { $0.events.filter { $0.event.isFile }.count == 1 ? () : nil }
    }
}

/// A folder of a test's own.
final class Folder {
    private let url = FileManager.default.temporaryDirectory.appendingPathComponent("bulla-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func write(_ name: String, _ bytes: Data) throws -> String {
        try bytes.write(to: url.appendingPathComponent(name))
        return path(name)
    }
}

/// One black pixel.
private let gif = Data(base64Encoded: "R0lGODdhAQABAIAAAAAAAP///ywAAAAAAQABAAACAkQBADs=")!

extension EventItem {
    fileprivate var isFile: Bool { if case .media = body { true } else { false } }
}

extension Timeline {
    /// Waits for a file that the server has.
    fileprivate func file(_ name: String) async throws -> Shown {
        try await event(name) {
            if case .media(_, name, _, _, _) = $0.body { $0.sendState == .delivered } else { false }
        }
    }
}
