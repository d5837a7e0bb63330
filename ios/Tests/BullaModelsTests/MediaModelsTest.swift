import Bulla
import Foundation
import Observation
import Testing

@testable import BullaModels

/// Files, pictures and voice: chosen, sent, looked at, heard, collected, freed.
@MainActor
@Suite(.beside)
struct MediaModelsTest {
    @Test func aFileIsChosenCaptionedAndSentAndACopyOfItKept() async throws {
        let (desk, his) = (try Desk(), try Desk())
        let (alice, bob) = (try await AppUser.on(0, files: desk), try await AppUser.on(1, files: his))
        let room = try await alice.meets(bob)
        let model = try await alice.open(room)
        let attachments = model.media.attachments
        // Whoever chooses none sends none.
        await attachments.choose(pictures: false)
        #expect(attachments.chosen == nil && attachments.chooses && !attachments.scanned)
        let bytes = Data(String(repeating: "rapport", count: 2_000).utf8)
        try desk.lay("rapport.txt", "text/plain", bytes)
        await attachments.choose(pictures: false)
        #expect(attachments.limit == (try await alice.session.mediaLimit()) && attachments.canSend)
        attachments.setCaption(" À lire ")
        let year = Lifetime.fromSending(after: 365 * 86_400)
        model.setLifetime(year)
        await attachments.send()
        #expect(attachments.chosen == nil && !desk.isThere("rapport.txt"))
        #expect(model.lifetime == nil, "what follows lives as the conversation has it")
        _ = try await model.arrived("rapport.txt")
        try await until("nothing is on its way") { attachments.uploads.isEmpty }

        let hers = try await bob.open(room)
        let row = try await hers.arrived("rapport.txt")
        #expect(row.caption == "À lire" && row.kind == .file)
        let watched = Watched(hers.media.files, row.id)
        try await until("it may be opened") { watched.state.mayOpen }
        his.keeps = false
        await hers.media.files.save(row.id)
        #expect(!hers.media.files.saved)
        his.keeps = true
        await hers.media.files.save(row.id)
        #expect(hers.media.files.saved && hers.media.files.saving.isEmpty)
        #expect(try his.copy("rapport.txt") == bytes)
        try await until("it is here") { watched.state.here }
        watched.end()
    }

    @Test func whatTheServerDoesNotTakeIsSaidBeforeItLeaves() async throws {
        let desk = try Desk()
        let (alice, bob) = (try await AppUser.on(0, files: desk), try await AppUser.on(1))
        let model = try await alice.open(try await alice.meets(bob))
        let attachments = model.media.attachments
        let limit = try #require(try await alice.session.mediaLimit())
        desk.next = ChosenFile(path: "/nowhere", name: "film.bin", mime: nil, size: limit + 1)
        await attachments.choose(pictures: false)
        #expect(attachments.tooLarge && !attachments.canSend)
        attachments.giveUp()
        // What is called a picture and is none is refused, and goes as a file.
        try desk.lay("faux.png", "image/png", Data("pas une image".utf8))
        await attachments.choose(pictures: true)
        await attachments.send()
        #expect(attachments.problem == .invalid(.picture, .malformed) && attachments.chosen != nil)
        attachments.setOriginal(true)
        await attachments.send()
        #expect(try await model.arrived("faux.png").kind == .file)
    }

    @Test func whatIsOnItsWayWaitsForTheNetworkCanBeTakenBackAndSentAgain() async throws {
        let (desk, proxy) = (try Desk(), try await Proxy.before(0))
        let alice = try AppUser.newcomer(files: desk)
        await alice.app.start()
        try await alice.signIn(as: Deployment.newUser(on: 0), behind: proxy)
        try await alice.session.live()
        let room = try await alice.group("Pièces")
        let model = try await alice.open(room)
        let attachments = model.media.attachments
        try alice.session.networkChanged(change: .lost)
        try await until("offline") { if case .offline = model.connection { true } else { false } }
        for name in ["un.txt", "deux.txt"] {
            try desk.lay(name, "text/plain", Data(name.utf8))
            await attachments.choose(pictures: false)
            await attachments.send()
        }
        try await until("both wait") { attachments.uploads.count == 2 }
        let (first, second) = (attachments.uploads[0], attachments.uploads[1])
        #expect(first.state == .waiting)
        await attachments.cancel(first.id)
        try await until("one is left") { attachments.uploads.map(\.id) == [second.id] }
        try await proxy.set(.respond(413, #"{"errcode": "M_TOO_LARGE"}"#, path: "/upload"))
        try alice.session.networkChanged(change: .available)
        try await until("it is refused") { if case .failed = attachments.uploads.first?.state { true } else { false } }
        try await proxy.heal()
        await attachments.retry(second.id)
        _ = try await model.arrived("deux.txt")
        try await until("it has left") { attachments.uploads.isEmpty }
    }

    @Test(.scanned) func nothingIsOpenedThatTheAntivirusDidNotFindClean() async throws {
        let (desk, his) = (try Desk(), try Desk())
        let scanner = try #require(try await Deployment.scanner())
        let (office, user) = (try await Office.before(1), try await Deployment.newUser(on: 1))
        let trust = try await office.trust(saying: ["media_scanner": scanner])
        let (alice, bob) = (try await AppUser.on(0, files: desk), try AppUser.newcomer(trust: trust, files: his))
        await bob.app.start()
        try await bob.signIn(as: User(userId: user.userId, password: user.password, homeserver: office.url))
        try await bob.session.live()
        let room = try await alice.meets(bob)
        let sent = try await alice.open(room).media.attachments
        let harmless = Data("rien de mal".utf8)
        for (name, bytes) in [("propre.txt", harmless), ("virus.txt", eicar)] {
            try desk.lay(name, nil, bytes)
            await sent.choose(pictures: false)
            await sent.send()
        }
        let model = try await bob.open(room)
        let files = model.media.files
        #expect(model.media.attachments.scanned && !sent.scanned)
        for (name, scan) in [("propre.txt", ScanState.clean), ("virus.txt", ScanState.infected)] {
            let row = try await model.arrived(name)
            let watched = Watched(files, row.id)
            try await until("\(name) is \(scan)") { watched.state.scan == scan }
            #expect(watched.state.mayOpen == (scan == .clean))
            watched.end()
        }
        let (clean, infected) = (try await model.arrived("propre.txt"), try await model.arrived("virus.txt"))
        await files.save(infected.id)
        #expect(files.problem == .forbidden(.infected) && !files.saved && !his.isThere("copie-virus.txt"))
        await files.save(clean.id)
        #expect(files.problem == nil && files.saved)
        #expect(try his.copy("propre.txt") == harmless)
    }

    @Test func aVoiceMessageIsRecordedSentAndHeard() async throws {
        let (hers, his) = (try TestSound(), try TestSound())
        let (alice, bob) = (try await AppUser.on(0, sound: hers), try await AppUser.on(1, sound: his))
        let room = try await alice.meets(bob)
        let voice = try await alice.open(room).media.voice
        hers.trouble = .noInput
        await voice.begin()
        #expect(voice.trouble == .noInput && !voice.active && voice.records)
        hers.trouble = nil
        await voice.begin()
        #expect(hers.longest == 120 && voice.recording)
        voice.discard()
        #expect(hers.recording?.discarded == true && !voice.active)
        await voice.begin()
        hers.recording?.tell.yield(Heard(duration: 12, levels: (0..<240).map { $0 % 101 }))
        try await until("it hears") { voice.heard.levels.count == 240 }
        await voice.stop()
        #expect(voice.ready && !voice.recording)
        await voice.send()
        #expect(!voice.active && voice.problem == nil && !hers.desk.isThere("voice.m4a"))

        let heard = try await bob.open(room)
        let row = try await heard.arrived("voice.m4a")
        #expect(row.kind == .voice && row.details.duration == 12 && row.details.waveform.count == 120)
        let playback = heard.media.playback
        his.trouble = .noOutput
        await playback.toggle(row.id)
        #expect(playback.trouble == .noOutput && playback.plays)
        his.trouble = nil
        await playback.toggle(row.id)
        try await until("it plays") { playback.item == row.id && playback.sounding.playing }
        playback.seek(5)
        try await until("further on") { playback.sounding.position == 5 }
        await playback.toggle(row.id)
        try await until("it rests") { !playback.sounding.playing }
        playback.stop()
        #expect(his.player?.closed == true && playback.item == nil)
    }

    @Test func aRecordingEndsByItselfWhenItIsLongEnough() async throws {
        let sound = try TestSound()
        let alice = try await AppUser.on(0, sound: sound)
        let voice = try await alice.open(try await alice.group("Voix")).media.voice
        await voice.begin()
        sound.recording?.tell.yield(Heard(duration: 120, levels: Array(repeating: 40, count: 1_200)))
        sound.recording?.tell.finish()
        try await until("it is ready") { voice.ready && voice.heard.duration == 120 }
        #expect(waveform(voice.heard.levels).count == 120)
        #expect(Array(waveform([3, 9])) == [3, 9])
        #expect(Array(waveform([3, 9, 300, 2], most: 2)) == [9, 100])
        voice.discard()
    }

    @Test func theFilesOfAConversationAreCollectedAndPicturesLookedAtOneAfterAnother() async throws {
        let desk = try Desk()
        let (alice, bob) = (try await AppUser.on(0, files: desk), try await AppUser.on(1))
        let room = try await alice.meets(bob)
        let model = try await alice.open(room)
        for (name, mime) in [("un.png", "image/png"), ("note.txt", "text/plain"), ("deux.png", "image/png")] {
            try desk.lay(name, mime, mime == "text/plain" ? Data(name.utf8) : redSquare)
            await model.media.attachments.choose(pictures: false)
            await model.media.attachments.send()
            _ = try await model.arrived(name)
        }
        _ = try await bob.open(room).arrived("deux.png")
        bob.app.go(.gallery(room))
        let gallery = try #require(bob.app.gallery(room))
        try await within("the beginning") { @MainActor in while !gallery.atStart { await gallery.older() } }
        try await until("all of them") { gallery.pictures.count == 2 && gallery.others.count == 1 && gallery.atStart }
        #expect(gallery.pictures.map(\.name) == ["deux.png", "un.png"] && gallery.others.map(\.name) == ["note.txt"])
        let (newest, oldest) = (gallery.pictures[0], gallery.pictures[1])
        #expect(newest.isPicture && oldest.isPicture)
        gallery.viewer.open(oldest.id)
        gallery.viewer.move(-1)
        #expect(gallery.viewer.item == oldest.id)
        gallery.viewer.move(1)
        #expect(gallery.viewer.item == newest.id)
        let thumbnails = Thumbnails { $0.count }
        let id = try #require(newest.details.id)
        let made = await thumbnails.thumbnail(id, side: 96) { await gallery.files.thumbnail(newest.id, side: 96) }
        #expect(made ?? 0 > 0 && thumbnails.at(id, side: 96) == made && thumbnails.at(id, side: 240) == nil)
        gallery.viewer.leave()
        #expect(gallery.viewer.item == nil)
    }

    @Test func whatFilesTakeUpIsSeenAndFreed() async throws {
        let desk = try Desk()
        let (alice, bob) = (try await AppUser.on(0, files: desk), try await AppUser.on(1))
        let model = try await alice.open(try await alice.meets(bob))
        try await until("it is encrypted") { model.summary?.encrypted == true }
        try desk.lay("a.bin", nil, Data(count: 50_000))
        await model.media.attachments.choose(pictures: false)
        await model.media.attachments.send()
        _ = try await model.arrived("a.bin")
        // What the model shows may be older than what is.
        let session = try alice.session
        try await within("it has left") { for try await list in session.uploadList where list.isEmpty { return } }
        alice.app.go(.storage)
        let storage = try #require(alice.app.storage())
        try await until("what there is") { storage.storage != nil && !storage.busy }
        #expect(storage.storage == MediaStorage(files: 1, bytes: 50_000))
        #expect(StorageModel.most.contains(storage.retention?.maxBytes ?? 0))
        await storage.setLongest(days: 7)
        await storage.setMost(100_000_000)
        let kept = try await alice.session.mediaRetention()
        #expect(kept.maxAge == 7 * 86_400 && kept.maxBytes == 100_000_000)
        await storage.clear()
        #expect(storage.storage?.files == 0 && storage.problem == nil)
    }

    @Test func everyStateOfTheAntivirusIsSaid() {
        let words = FrenchWords()
        #expect(words.standing(FileState(scan: .clean), scanned: true) == nil)
        #expect(words.standing(FileState(), scanned: true) == words.scanWaiting)
        #expect(words.standing(FileState(), scanned: false) == words.loading)
        #expect(words.standing(FileState(problem: .offline), scanned: true) == words.problemOffline)
        let said = [ScanState.infected, .typeNotAllowed, .gone, .unavailable].map {
            words.standing(FileState(scan: $0), scanned: true)
        }
        #expect(Set(said).count == 4 && !said.contains(nil))
        #expect(!FileState(scan: .infected).mayOpen && !FileState(scan: .unavailable).mayOpen && FileState(scan: .clean).mayOpen)
        #expect(clock(65) == "1:05" && clock(3_725) == "1:02:05" && clock(.nan) == "0:00")
        #expect(percentage(1, of: 0) == 0 && percentage(3, of: 4) == 75 && percentage(9, of: 4) == 100)
        #expect(words.size(999) == words.bytes(size: "999") && words.size(2_500_000) == words.megabytes(size: "2,5"))
        #expect(words.size(536_870_912) == words.megabytes(size: "537") && words.size(2 << 30) == words.gigabytes(size: "2,1"))
    }
}

extension AppUser {
    /// Begins a direct conversation with another person, who comes in.
    func meets(_ other: AppUser) async throws -> RoomId {
        let room = try await session.createDirect(user: other.id)
        try await other.session.join(room: room)
        let list = try other.rooms
        try await until("both are in") { list.rows.contains { $0.id == room && $0.members == 2 } }
        return room
    }
}

extension ConversationModel {
    /// The file of this name, once it has arrived.
    func arrived(_ name: String) async throws -> FileRow {
        try await until(name, seeing: { self.rows.count }) { self.rows.compactMap(FileRow.init).contains { $0.name == name } }
        return rows.compactMap(FileRow.init).last { $0.name == name }!
    }
}

/// How a file stands, while a test looks.
@MainActor
@Observable
private final class Watched {
    private(set) var state = FileState()
    @ObservationIgnored private var task: Task<Void, Never>?

    init(_ files: ConversationFiles, _ item: ItemId) {
        task = Task { [weak self] in await files.watch(item) { self?.state = $0 } }
    }

    func end() { task?.cancel() }
}

/// A red square of 24 pixels a side.
let redSquare = Data(
    base64Encoded:
        "iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAIAAABvFaqvAAAAH0lEQVR42mM4ISdHFcQwatCoQaMGjRo0atCoQQNvEADGtUkfLD52BgAAAABJRU5ErkJggg==")!
