package org.bulla.ui

import java.nio.file.Path
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import org.bulla.Bulla
import org.bulla.model.AppLockState
import org.bulla.model.RoomId
import org.bulla.model.SessionState
import org.bulla.model.Trust
import org.bulla.stateFlow
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.Stage
import org.bulla.support.User
import org.bulla.support.inTime
import org.bulla.support.library
import org.bulla.support.newFolder
import org.bulla.ui.model.AppModel
import org.bulla.ui.model.BrowserPort
import org.bulla.ui.model.CameraPort
import org.bulla.ui.model.ExportPort
import org.bulla.ui.model.FilePort
import org.bulla.ui.model.Hold
import org.bulla.ui.model.Language
import org.bulla.ui.model.OwnerCheck
import org.bulla.ui.model.PicturePort
import org.bulla.ui.model.PlacePort
import org.bulla.ui.model.Route
import org.bulla.ui.model.Settings
import org.bulla.ui.model.SettingsStore
import org.bulla.ui.model.SoundPort
import org.bulla.ui.model.Theme

/** Settings in memory. */
class MemorySettings(var kept: Settings = Settings(Language.FRENCH, Theme.LIGHT)) : SettingsStore {
    override fun load(): Settings = kept

    override fun save(settings: Settings) {
        kept = settings
    }
}

/** Someone who uses the app: the app's models over the real library, without a screen. */
class Person(
    val folder: Path = newFolder(),
    val keys: MemoryKeyStore = MemoryKeyStore(),
    val settings: MemorySettings = MemorySettings(),
    private val trust: Trust? = null,
    private val browser: BrowserPort? = null,
    private val camera: CameraPort? = null,
    private val owner: OwnerCheck? = null,
    private val pictures: PicturePort? = Album(),
    private val exports: ExportPort? = null,
    private val files: FilePort? = null,
    private val sound: SoundPort? = null,
    private val places: PlacePort? = null,
) {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    val bulla: Bulla = library(folder, keys, trust)
    val app = AppModel(bulla, scope, settings, browser, camera, owner = owner, pictures = pictures, exports = exports, files = files, sound = sound, places = places)
    lateinit var user: User

    val session get() = checkNotNull(app.session) { "nobody is signed in" }
    val rooms get() = checkNotNull(app.rooms())

    /** Starts the app and signs in on its screen. */
    suspend fun signIn(server: Int = 0, homeserver: String? = null): Person {
        user = Deployment.newUser(server)
        app.start().join()
        signInAs(user, homeserver ?: user.homeserver)
        return this
    }

    suspend fun signInAs(user: User, homeserver: String = user.homeserver) {
        if (!::user.isInitialized) this.user = user
        app.go(Route.SignIn)
        val model = app.signIn()
        model.setServer(homeserver)
        model.setUser(user.id)
        model.setPassword(user.password)
        model.submit()
        app.state.until("signed in; ${model.state.value.problem}") { it.current?.user == user.id }
    }

    suspend fun live(): Person {
        inTime("live") { session.stateFlow().first { it is SessionState.Live } }
        return this
    }

    /** Opens a conversation's screen. */
    suspend fun open(room: RoomId) = app.run {
        openRoom(room)
        checkNotNull(conversation(room)).also { model -> model.state.until("the conversation") { !it.loading && it.streamProblem == null } }
    }

    /** A new start of the app on the same device. */
    suspend fun restart(): Person {
        stop()
        return Person(folder, keys, settings, trust, browser, camera, owner, pictures, exports, files, sound, places).also { if (::user.isInitialized) it.user = user }
    }

    suspend fun stop() {
        app.close()
        bulla.close()
        scope.cancel()
    }

    suspend fun end() {
        stop()
        folder.toFile().deleteRecursively()
    }
}

/** Waits until a model's state is so. */
suspend fun <T> StateFlow<T>.until(what: String, wanted: (T) -> Boolean): T = inTime({ "$what; it is $value".take(3000) }) { first(wanted) }

suspend fun Job.done(what: String) = inTime(what) { join() }

/** Someone new, signed in and live. */
suspend fun Stage.person(server: Int = 0, homeserver: String? = null): Person = Person().also { atEnd(it::end) }.signIn(server, homeserver).live()

/** Someone who is held up, in each way that there is, before what [look] sees of it. */
suspend fun Stage.held(look: suspend Person.(Hold) -> Unit) {
    for (hold in Hold.entries) {
        val person = newcomer()
        val user = Deployment.newUser(1)
        if (hold == Hold.CHOOSE_PASSWORD) Deployment.makeTemporary(user)
        if (hold == Hold.EXPIRED) {
            Deployment.giveEmail(user)
            Deployment.expire(user)
        }
        person.app.start().join()
        person.signInAs(user)
        if (hold == Hold.ERASED) {
            person.live()
            Deployment.logOut(user)
        }
        person.app.state.until("$hold") { it.hold == hold }
        person.look(hold)
    }
}

/** Someone who has not signed in. */
fun Stage.newcomer(trust: Trust? = null, browser: BrowserPort? = null, camera: CameraPort? = null, owner: OwnerCheck? = null): Person =
    Person(trust = trust, browser = browser, camera = camera, owner = owner).also { atEnd(it::end) }

/** Someone before each screen of the app's lock: asked for a PIN by the organisation, with one set, and locked; then [look] sees it. */
suspend fun Stage.locking(look: suspend Person.(String) -> Unit) {
    val person = newcomer(owner = Finger())
    person.app.start().done("the start")
    person.app.setManaged(mapOf("app_lock" to "true")).done("the management's word")
    person.app.state.until("a PIN is wanted") { it.lockedOut }
    person.look("wanted")
    person.app.lock().setNew("193728")
    person.app.lock().setAgain("193728")
    person.app.lock().choose().done("setting it")
    person.app.state.until("on with it") { !it.lockedOut }
    person.signInAs(Deployment.newUser(1))
    person.app.go(Route.AppLock)
    person.app.lock().state.until("how it stands") { it.lock != null }
    person.app.lock().allowOwner().done("letting a finger open it")
    person.look("settings")
    person.app.lock().lockNow().done("locking")
    person.app.state.until("locked") { it.lockedOut }
    person.app.lock().state.until("it asks") { it.lock is AppLockState.Locked }
    person.app.lock().setPin("283746")
    person.app.lock().unlock().done("a wrong one")
    person.look("locked")
}

/** In the place of a phone's sensor: it knows its owner, or does not. What it keeps it keeps in memory. */
class Finger : OwnerCheck {
    @Volatile override var available = true

    /** Whose finger it is: the owner's or a stranger's. */
    @Volatile var known = true

    @Volatile private var key: ByteArray? = null

    override val kept get() = key != null

    override fun keep(key: ByteArray) {
        this.key = key
    }

    override fun ask(): ByteArray? = key.takeIf { known }

    override fun forget() {
        key = null
    }
}
