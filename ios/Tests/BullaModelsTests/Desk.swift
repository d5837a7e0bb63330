import Bulla
import Foundation

@testable import BullaModels

/// A person's files: the one that they choose next, and where they put copies.
@MainActor
final class Desk: FilePort {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulla-desk-\(UUID().uuidString)")
    var next: ChosenFile?
    /// Whether a copy is wanted after all.
    var keeps = true

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func choose(pictures: Bool) async throws -> ChosenFile? { next }

    func save(_ file: MediaFile) async throws -> Bool {
        if keeps { try await file.save(path: folder.appendingPathComponent("copie-" + file.name()).path) }
        return keeps
    }

    func copy(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent("copie-" + name)) }

    /// The person is about to choose a file of these bytes, of which nothing stays once it was sent.
    func lay(_ name: String, _ mime: String?, _ bytes: Data) throws {
        let place = folder.appendingPathComponent(name)
        try bytes.write(to: place)
        next = ChosenFile(path: place.path, name: name, mime: mime, size: UInt64(bytes.count)) {
            try? FileManager.default.removeItem(at: place)
        }
    }

    func isThere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path) }
}

/// A sound card of the test's own: what it hears and how far it has played is said by the test.
@MainActor
final class TestSound: SoundPort {
    let desk: Desk
    /// Why there is no sound; nil where there is.
    var trouble: SoundTrouble?
    private(set) var recording: TestRecording?
    private(set) var player: TestPlayer?
    private(set) var longest: TimeInterval?

    init() throws { desk = try Desk() }

    func record(longest: TimeInterval) async throws -> any SoundRecording {
        if let trouble { throw trouble }
        self.longest = longest
        let begun = TestRecording(desk)
        recording = begun
        return begun
    }

    func open(_ file: MediaFile) async throws -> any SoundPlayer {
        if let trouble { throw trouble }
        guard try await !file.read(offset: 0, length: 16).isEmpty else { throw SoundTrouble.format }
        let made = TestPlayer()
        player = made
        return made
    }
}

@MainActor
final class TestRecording: SoundRecording {
    let heard: AsyncStream<Heard>
    let tell: AsyncStream<Heard>.Continuation
    private(set) var discarded = false
    private let desk: Desk

    init(_ desk: Desk) {
        self.desk = desk
        (heard, tell) = AsyncStream.makeStream(of: Heard.self)
    }

    func finish() async throws -> ChosenFile {
        try desk.lay("voice.m4a", "audio/mp4", Data(count: 3_200))
        return desk.next!
    }

    func discard() { discarded = true }
}

@MainActor
final class TestPlayer: SoundPlayer {
    let states: AsyncStream<Sounding>
    private let told: AsyncStream<Sounding>.Continuation
    private var now = Sounding(duration: 12)
    private(set) var closed = false

    init() { (states, told) = AsyncStream.makeStream(of: Sounding.self) }

    func play() { change { $0.playing = true } }

    func pause() { change { $0.playing = false } }

    func seek(_ position: TimeInterval) { change { $0.position = position } }

    func close() {
        closed = true
        told.finish()
    }

    private func change(_ change: (inout Sounding) -> Void) {
        change(&now)
        told.yield(now)
    }
}
