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

    @Test func aSoundAndAFileAreSentAsAnswers() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        try await his.sendText(markdown: "Et le compte rendu ?")
        let asked = try await hers.delivered("Et le compte rendu ?")
        let question = try #require(asked.event.eventId)
        let folder = try Folder()
        let (spoken, written) = (Data("OggS".utf8) + Data(count: 400), Data("Rien à signaler".utf8))
        let sound = try folder.write("reunion.ogg", spoken)
        _ = try await hers.sendMedia(
            draft: MediaDraft(path: sound, kind: .audio, mime: "audio/ogg", duration: 83, replyTo: asked.id))
        let paper = try folder.write("compte-rendu.txt", written)
        _ = try await hers.sendMedia(draft: MediaDraft(path: paper, kind: .file, replyTo: asked.id))

        let heard = try await his.file("reunion.ogg")
        guard case .media(.audio, _, _, _, let details) = heard.event.body else { throw Trouble("no sound") }
        #expect(details.duration == 83 && details.mime == "audio/ogg" && details.waveform.isEmpty)
        let read = try await his.file("compte-rendu.txt")
        guard case .media(.file, _, _, _, _) = read.event.body else { throw Trouble("no file") }
        for (row, bytes) in [(heard, spoken), (read, written)] {
            #expect(row.event.replyTo?.eventId == question)
            let file = try await his.media(item: row.id).open()
            #expect(try await file.read(offset: 0, length: 1_000) == bytes)
            file.release()
        }
    }

    @Test(.scanned) func nothingIsOpenedThatTheAntivirusDidNotFindClean() async throws {
        let scanner = try #require(try await Deployment.scanner())
        let office = try await Office.before(1)
        let trust = try await office.trust(saying: ["media_scanner": scanner])
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1, at: office.url, trusting: trust))
        let room = try await alice.meet(bob)
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let (folder, harmless) = (try Folder(), Data("rien de mal".utf8))
        for (name, bytes) in [("propre.txt", harmless), ("virus.txt", eicar), ("programme", program)] {
            _ = try await hers.sendMedia(draft: MediaDraft(path: folder.write(name, bytes), kind: .file))
        }

        let clean = try await his.media(item: his.file("propre.txt").id)
        try await clean.stateUpdates.wait(for: "nobody has asked") { $0.scan == .waiting ? () : nil }
        #expect(try await clean.check() == .clean)
        let file = try await clean.open()
        #expect(try await file.read(offset: 0, length: 100) == harmless)
        file.release()

        let infected = try await his.media(item: his.file("virus.txt").id)
        #expect(try await infected.check() == .infected)
        await #expect(throws: Failure.Forbidden(why: .infected)) { try await infected.open() }
        try await infected.stateUpdates.wait(for: "what was found") { $0.scan == .infected && !$0.here ? () : nil }
        let refused = try await his.media(item: his.file("programme").id)
        #expect(try await refused.check() == .typeNotAllowed)
        await #expect(throws: Failure.Forbidden(why: .mediaType)) { try await refused.open() }
        #expect(try await bob.session.mediaStorage().files == 1, "nothing was fetched but what is clean")
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

/// The head of a program for Linux, and nothing after it.
private let program = Data(base64Encoded: "f0VMRgIBAQAAAAAAAAAAAAMAPgABAAAA")! + Data(count: 200)

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
