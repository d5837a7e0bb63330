import Bulla
import Foundation
import Observation
import Testing

@testable import BullaModels

/// Someone who uses the app: its models over the real library, without a screen.
@MainActor
final class AppUser {
    let app: AppModel
    let ground: Ground
    private(set) var user: User?

    private init(
        on ground: Ground, user: User? = nil, browser: (any BrowserPort)? = nil, camera: (any CameraPort)? = nil,
        version: String = libraryVersion(), owner: (any OwnerCheck)? = nil, pictures: (any PicturePort)? = nil,
        exports: (any ExportPort)? = nil, files: (any FilePort)? = nil, sound: (any SoundPort)? = nil,
        places: (any PlacePort)? = nil
    ) throws {
        (self.ground, self.user) = (ground, user)
        let config = Config(folder: ground.folder.path, deviceName: "Bulla test", trust: ground.trust)
        let bulla = try Bulla(config: config, keys: ground.keys)
        let defaults = try #require(UserDefaults(suiteName: ground.suite))
        let settings = DefaultsSettingsStore(defaults)
        app = AppModel(
            bulla: bulla, settings: settings, browser: browser, camera: camera, version: version, owner: owner,
            pictures: pictures, exports: exports, files: files, sound: sound, places: places)
    }

    /// Someone who has not signed in.
    static func newcomer(
        trust: Trust? = nil, browser: (any BrowserPort)? = nil, camera: (any CameraPort)? = nil,
        version: String = libraryVersion(), owner: (any OwnerCheck)? = nil, pictures: (any PicturePort)? = nil,
        exports: (any ExportPort)? = nil, files: (any FilePort)? = nil, sound: (any SoundPort)? = nil,
        places: (any PlacePort)? = nil
    ) throws -> AppUser {
        try AppUser(
            on: Ground(trust: trust), browser: browser, camera: camera, version: version, owner: owner, pictures: pictures,
            exports: exports, files: files, sound: sound, places: places)
    }

    /// Someone new, signed in on the app's screen and live.
    static func on(
        _ server: Int, behind proxy: Proxy? = nil, pictures: (any PicturePort)? = nil, exports: (any ExportPort)? = nil,
        files: (any FilePort)? = nil, sound: (any SoundPort)? = nil,
        places: (any PlacePort)? = nil
    ) async throws -> AppUser {
        let someone = try newcomer(pictures: pictures, exports: exports, files: files, sound: sound, places: places)
        await someone.app.start()
        try await someone.signIn(as: Deployment.newUser(on: server), behind: proxy)
        try await someone.session.live()
        return someone
    }

    var id: UserId { user?.userId ?? "" }
    var session: Session { get throws { try #require(app.session) } }
    var rooms: RoomListModel { get throws { try #require(app.rooms()) } }

    func signIn(as user: User, behind proxy: Proxy? = nil) async throws {
        if self.user == nil { self.user = user }
        app.go(.signIn)
        let model = app.signIn()
        (model.server, model.user, model.password) = (proxy?.url ?? user.homeserver, user.userId, user.password)
        try await within("signing in") { await model.submit() }
        #expect(model.problem == nil)
        #expect(app.current?.user == user.userId)
    }

    /// Opens a conversation's screen.
    func open(_ room: RoomId) async throws -> ConversationModel {
        app.openRoom(room)
        let model = try #require(app.conversation(room))
        try await until("the conversation") { !model.loading && model.streamProblem == nil }
        return model
    }

    /// A group of this person's alone, in the list.
    func group(_ name: String, topic: String? = nil, inviting people: [UserId] = []) async throws -> RoomId {
        let room = try await session.createGroup(draft: GroupDraft(name: name, topic: topic, invite: people))
        let list = try rooms
        try await until("the group \(name)") { list.rows.contains { $0.id == room } }
        return room
    }

    /// Begins a direct conversation with `agent`, who comes in.
    func meet(_ agent: Agent) async throws -> RoomId {
        let room = try await session.createDirect(user: agent.user.userId)
        try await agent.accept(room)
        let list = try rooms
        try await until("both are in") { list.rows.contains { $0.id == room && $0.members == 2 } }
        return room
    }

    /// A new start of the app on the same device.
    func restart(version: String = libraryVersion()) async throws -> AppUser {
        await app.close()
        return try AppUser(on: ground, user: user, version: version)
    }
}

/// What an app has on a device: a folder, keys, settings.
final class Ground: Sendable {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulla-\(UUID().uuidString)")
    let keys = Keys()
    let suite = "bulla-test-\(UUID().uuidString)"
    /// What the app ships with.
    let trust: Trust?

    init(trust: Trust? = nil) { self.trust = trust }

    deinit {
        try? FileManager.default.removeItem(at: folder)
        UserDefaults.standard.removePersistentDomain(forName: suite)
    }
}

/// Waits until what a model shows is so. When it never is, what `seeing` gives is said.
@MainActor
func until(
    _ what: String, seeing: @MainActor () -> Any = { "" }, _ wanted: @escaping @MainActor () -> Bool
) async throws {
    do {
        try await within(what) { @MainActor in
            while true {
                let (changes, change) = AsyncStream.makeStream(of: Void.self)
                // Told before the change is there; the loop goes on after it.
                if withObservationTracking(wanted, onChange: { change.finish() }) { return }
                for await _ in changes {}
                try Task.checkCancellation()
            }
        }
    } catch let trouble as Trouble {
        throw Trouble("\(trouble), but \(seeing())")
    }
}
