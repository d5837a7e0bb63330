package org.bulla.ui.model

import java.util.Locale
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.bulla.Bulla
import org.bulla.Session
import org.bulla.model.AccountId
import org.bulla.model.AccountSummary
import org.bulla.model.AppLockState
import org.bulla.model.CommandOutcome
import org.bulla.model.DeploymentStatus
import org.bulla.model.Failure
import org.bulla.model.Gate
import org.bulla.model.Membership
import org.bulla.model.Link
import org.bulla.model.Manifest
import org.bulla.model.NetworkChange
import org.bulla.model.RoomId
import org.bulla.model.StorageTrouble
import org.bulla.libraryVersion
import org.bulla.parseLink
import org.bulla.stateFlow

/**
 * Sessions of several accounts stay open side by side, so that each keeps receiving; one is current. [scope] is the app's own: its
 * dispatcher is the one that draws.
 */
class AppModel(
    private val bulla: Bulla,
    private val scope: CoroutineScope,
    private val store: SettingsStore,
    private val browser: BrowserPort? = null,
    private val camera: CameraPort? = null,
    /** What this app is called to the manifest's minimum versions. */
    private val version: String = libraryVersion(),
    private val owner: OwnerCheck? = null,
    private val pictures: PicturePort? = null,
    private val exports: ExportPort? = null,
    files: FilePort? = null,
    sound: SoundPort? = null,
    private val places: PlacePort? = null,
) {
    private val states = MutableStateFlow(AppState(settings = store.load()))

    /** The address that the next new group begins with. */
    private var handedOver: String? = null
    private val sessions = MutableStateFlow<Map<AccountId, Session>>(emptyMap())
    private val opening = Mutex()
    private val models = ScreenModels()
    private val drafts = Drafts()
    private val lock = bulla.appLock()
    private val ports = MediaPorts(files, sound) { states.value.deployment?.manifest?.mediaScanner != null }
    private var locking: Job? = null
    private var watching: Job? = null

    /** What the person has seen of the version's end, or put off. It comes again with the next start. */
    private var seen: Gate? = null

    /** Where the person was when the app was locked. */
    private var left: Pair<AccountId, List<Route>>? = null

    val state: StateFlow<AppState> = states.asStateFlow()

    /** The session of the current account, if one is open. */
    val session: Session? get() = states.value.current?.let { sessions.value[it.id] }

    /** Those of all accounts that are open. */
    val open: StateFlow<Map<AccountId, Session>> = sessions.asStateFlow()

    /** Looks for accounts and opens the first. */
    fun start(): Job = scope.launch {
        readDeployment()
        val before = attempt(::failed) { lock.stateFlow().first() }
        states.update { it.copy(lock = before) }
        if (!states.value.lockedOut) enter()
        states.update { it.copy(started = true) }
        locking = scope.launch { attempt(::failed) { lock.stateFlow().collect(::lockStands) } }
    }

    /** Opens the account that was current, or the first, where the person was. */
    private suspend fun enter() {
        val accounts = attempt(::failed) { bulla.accounts() } ?: return
        states.update { it.copy(accounts = accounts) }
        val (account, way) = left ?: (null to null)
        left = null
        val next = accounts.find { it.id == account } ?: accounts.firstOrNull() ?: return
        openNow(next.id)
        if (way != null && next.id == account) go(way)
    }

    private suspend fun lockStands(now: AppLockState) {
        val out = states.value.lockedOut
        states.update { it.copy(lock = now) }
        when {
            now is AppLockState.Locked || now is AppLockState.Wiped -> if (!out) lockedOut()
            out && !states.value.lockedOut -> enter()
        }
    }

    /** The core has closed every session: nothing of them stays. */
    private fun lockedOut() {
        val before = states.value
        left = before.current?.let { it.id to before.route }
        watching?.cancel()
        models.keep { it == Route.AppLock }
        opened().forEach(Session::close)
        sessions.value = emptyMap()
        states.update { it.copy(accounts = emptyList(), current = null, hold = null, problem = null, route = listOf(Route.Welcome)) }
    }

    /** Everything was erased after too many wrong PINs: back to the start. */
    fun leaveWiped() {
        left = null
        // Its key opens nothing any more.
        owner?.takeIf { it.kept }?.let { scope.launch { attempt(::failed) { lock.forbidPlatform(it) } } }
        states.update { it.copy(lock = AppLockState.Off(required = states.value.deployment?.rules?.appLock?.on == true)) }
    }

    /** What the device's management says of this app: it narrows what the deployment allows. */
    fun setManaged(map: Map<String, String>): Job = scope.launch { readDeployment { bulla.setManaged(map) } }

    /** Makes an account current. */
    fun open(account: AccountId): Job = scope.launch { openNow(account) }

    /** Someone has signed in. */
    fun signedIn(session: Session): Job = scope.launch {
        val account = session.account()
        sessions.update { it + (account.id to session) }
        val accounts = attempt(::failed) { bulla.accounts() } ?: (states.value.accounts + account)
        states.update { it.copy(accounts = accounts) }
        show(account)
    }

    /** Shows the way to one more account. */
    fun addAccount() = go(Route.SignIn)

    /**
     * Signs an account out and forgets it. [evenOffline] erases it here although the server cannot be told. The job ends when it is
     * done; what went wrong is the state's problem.
     */
    fun signOut(account: AccountId, evenOffline: Boolean = false): Job = scope.launch {
        opening.withLock {
            attempt(::failed) {
                val session = sessions.value[account] ?: bulla.open(account)
                session.signOut(evenOffline)
                forget(account, session)
            }
        }
    }

    /** Leaves the current account, of which nothing is left here. */
    fun leaveErased(): Job = scope.launch {
        opening.withLock {
            val account = states.value.current?.id ?: return@withLock
            val session = session ?: return@withLock
            attempt(::failed) { forget(account, session) }
        }
    }

    /** The current account is in order again, or the person looks at what is there although it is not. */
    fun goOn() {
        val before = states.value.hold ?: return
        states.update { it.copy(hold = null) }
        // What they asked for was refused.
        if (before == Hold.CHOOSE_PASSWORD) states.value.current?.let { account -> models.keep { !it.isOf(account.id) } }
    }

    /** Opens a link that came from elsewhere. */
    fun openLink(text: String): Job = scope.launch {
        attempt(::failed) { follow(parseLink(text)) }
    }

    /** Goes a step back; false when there is none. */
    fun back(): Boolean {
        if (media()?.once?.close() == true || viewer()?.leave() == true) return true
        val before = states.value.route
        if (before.size < 2) return false
        go(before.dropLast(1))
        return true
    }

    /** Goes one step on. */
    fun go(route: Route) = go(states.value.route + route)

    /** Shows a conversation, with the list as the step before. */
    fun openRoom(room: RoomId) = go(listOf(Route.Rooms, Route.Conversation(room)))

    /** Shows a space, one step on where another is shown: one goes back to the space that it is in. */
    fun openSpace(room: RoomId) = if (states.value.here is Route.Space) go(Route.Space(room)) else go(listOf(Route.Rooms, Route.Space(room)))

    /** Back to the list. */
    fun home() = go(listOf(if (states.value.current == null) Route.Welcome else Route.Rooms))

    fun problemSeen() = states.update { it.copy(problem = null) }

    /** The person has seen that there is a newer version, or puts it off until the next start. */
    fun gateSeen() {
        seen = states.value.gate
        states.update { it.copy(gate = null) }
    }

    /** Nobody sees the app any more: it is locked before long, whether or not its sessions go on. */
    fun hidden(): Job = scope.launch { attempt(::failed) { lock.background() } }

    /** It is seen again. */
    fun shown(): Job = scope.launch { attempt(::failed) { lock.foreground() } }

    /** Its sessions rest. */
    fun pause(): Job = everySession { it.pause() }

    fun resume(): Job = everySession { it.resume() }

    /** What the platform says of the network. */
    fun networkChanged(change: NetworkChange) = opened().forEach { it.networkChanged(change) }

    /** Closes every session. The accounts stay signed in. */
    suspend fun close() = withContext(NonCancellable) {
        models.keep { false }
        locking?.cancelAndJoin()
        opened().forEach { session ->
            attempt({}) { session.shutdown() }
            session.close()
        }
        sessions.value = emptyMap()
    }

    fun set(settings: Settings) {
        store.save(settings)
        states.update { it.copy(settings = settings) }
    }

    // ---- The models of the screens. Each lives as long as its screen is on the way.

    fun signIn(): SignInModel = models.of(Route.SignIn) { SignInModel(bulla, browser, scope) { signedIn(it) } }

    /** In place of [signIn] where there is a manifest. */
    fun entry(): EntryModel = models.of(Route.SignIn to Manifest::class) { EntryModel(bulla, browser, scope) { signedIn(it) } }

    /** Null where a code can neither be read nor shown. */
    fun codeSignIn(route: Route.SignInCode): CodeSignInModel? {
        val browser = browser?.takeIf { offersCode(route.server) } ?: return null
        return models.of(route) { CodeSignInModel(bulla, browser, camera, route.server, scope) { signedIn(it) } }
    }

    /** Whether [codeSignIn] is to be offered: there is something to read a code with, or a server to show one for. */
    fun offersCode(server: String): Boolean = browser != null && (camera != null || server.isNotBlank())

    fun forgotten(route: Route.ForgottenPassword): ForgottenModel = models.of(route) { ForgottenModel(bulla, route.server, route.email, scope) }

    fun rooms(): RoomListModel? = own(Route.Rooms) { session, _ -> RoomListModel(session, scope, browser) }

    fun conversation(room: RoomId): ConversationModel? = own(Route.Conversation(room)) { session, account ->
        ConversationModel(session, room, scope, drafts.of(account, room), ports = ports, places = places, went = ::went)
    }

    fun part(route: Route.Of): ConversationModel? = own(route) { session, _ ->
        ConversationModel(session, route.room, scope, PassingDraft(), route.part, ports, places, ::went)
    }

    fun gallery(room: RoomId): GalleryModel? = own(Route.Gallery(room)) { session, _ -> GalleryModel(session, room, ports, scope) }

    fun ending(room: RoomId): EndingModel? = own(Route.Ending(room)) { session, _ -> EndingModel(session, room, scope) }

    fun storage(): StorageModel? = own(Route.Storage) { session, _ -> StorageModel(session, scope) }

    fun threads(room: RoomId): ThreadsModel? = own(Route.Threads(room)) { session, _ -> ThreadsModel(session, room, scope) }

    fun details(room: RoomId): RoomDetailsModel? = own(Route.Details(room)) { session, _ -> RoomDetailsModel(session, room, pictures, exports, scope, ::home) }

    fun roomSettings(room: RoomId): RoomSettingsModel? = own(Route.RoomSettings(room)) { session, _ -> RoomSettingsModel(session, room, scope, ::openRoom) }

    fun space(room: RoomId): SpaceModel? = own(Route.Space(room)) { session, _ -> SpaceModel(session, room, scope, ::openRoom, ::openSpace) }

    fun newConversation(route: Route): NewConversationModel? = own(route) { session, _ ->
        NewConversationModel(session, scope, (route as? Route.NewConversation)?.with, ::openRoom, ::openSpace).also { model ->
            if (route !is Route.NewGroup) return@also
            handedOver?.let(model::chooseEmail)
            handedOver = null
        }
    }

    /** Begins a group with whoever has this address. */
    fun newGroupWith(email: String) {
        handedOver = email
        go(Route.NewGroup)
    }

    fun contacts(): ContactsModel? = own(Route.Contacts) { session, _ -> ContactsModel(session, scope, ::openRoom) }

    fun directory(route: Route): DirectoryModel? = own(route) { session, _ ->
        val own = session.account().user.substringAfter(':')
        val others = states.value.deployment?.manifest?.instances.orEmpty().map { it.server }.filter { it != own }
        DirectoryModel(session, others, (route as? Route.Offer)?.link, scope, ::openRoom)
    }

    fun accounts(): AccountsModel = models.of(Route.Accounts) { AccountsModel(this, scope) }

    /** The lock's own screen, before all others and among the settings. */
    fun lock(): LockModel = models.of(Route.AppLock) { LockModel(lock, owner, scope) }

    /** Back to how an expired account is renewed. */
    fun renew() = held(Hold.EXPIRED)

    fun password(): PasswordModel? = own(Hold.CHOOSE_PASSWORD) { session, _ -> PasswordModel(bulla, session, scope, ::goOn) }

    fun renewal(): RenewalModel? = own(Hold.EXPIRED) { session, _ -> RenewalModel(session, scope) }

    /** Another password for an account that is in order. */
    fun changePassword(): PasswordModel? = own(Route.Password) { session, _ -> PasswordModel(bulla, session, scope) {} }

    fun devices(): DevicesModel? = own(Route.Devices) { session, _ -> DevicesModel(session, scope) }

    fun linkDevice(): LinkDeviceModel? = own(Route.LinkDevice) { session, _ -> LinkDeviceModel(bulla, session, camera, scope) }

    fun contactRules(): ContactRulesModel? = own(Route.ContactRules) { session, _ -> ContactRulesModel(session, scope) }

    fun delete(): DeleteModel? = own(Route.Delete) { session, _ -> DeleteModel(session, scope, ::leaveErased) }

    fun settings(): SettingsModel? = own(Route.Settings) { session, _ -> SettingsModel(this, session, pictures, scope) }

    /** A command in a conversation has led elsewhere. */
    private fun went(outcome: CommandOutcome) = when (outcome) {
        is CommandOutcome.Joined -> openRoom(outcome.room)
        is CommandOutcome.Left -> home()
        is CommandOutcome.Done, is CommandOutcome.Help -> {}
    }

    /** An account's own screen: a [Route] or a [Hold]. */
    private data class ModelKey(val account: AccountId, val screen: Any)

    private fun Any.isOf(account: AccountId) = this is ModelKey && this.account == account

    /** What fills the screen before the conversation or its files. */
    private fun viewer(): Viewer? = when (val here = states.value.here) {
        is Route.Gallery -> gallery(here.room)?.viewer
        else -> media()?.viewer
    }

    /** The files of the conversation that is shown. */
    private fun media(): ConversationMedia? = when (val here = states.value.here) {
        is Route.Conversation -> conversation(here.room)?.media
        is Route.Of -> part(here)?.media
        else -> null
    }

    private fun <M : ScreenModel> own(screen: Any, make: (Session, AccountId) -> M): M? {
        val account = states.value.current?.id ?: return null
        val session = session ?: return null
        return models.of(ModelKey(account, screen)) { make(session, account) }
    }

    private fun go(way: List<Route>) {
        states.update { it.copy(route = way) }
        keepShown()
    }

    /** Closes the models of screens that are no longer on the way. Lists stay: coming back finds them where they were. */
    private fun keepShown() {
        models.keep { key ->
            // As it is now: a screen that was gone to meanwhile has its model already.
            val here = states.value
            when (key) {
                is ModelKey -> key.screen is Route.Rooms || key.account == here.current?.id && (key.screen is Hold || key.screen in here.route)
                is Pair<*, *> -> key.first in here.route
                is Route.AppLock -> key in here.route || here.lockedOut
                else -> key in here.route
            }
        }
    }

    private suspend fun readDeployment(read: suspend () -> DeploymentStatus = { bulla.deployment() }) {
        val read = attempt(::failed) { read() } ?: return
        val gate = attempt(::failed) { bulla.gate(version, tag(states.value.settings.language)) }
        states.update { it.copy(deployment = read, gate = gate.takeIf { now -> now != seen }) }
    }

    private suspend fun openNow(account: AccountId) = opening.withLock {
        attempt(::failed) {
            val session = sessions.value[account] ?: opened(account)
            show(session.account())
        }
    }

    /** A damaged store is mended once: nothing in it is the only copy. */
    private suspend fun opened(account: AccountId): Session {
        val session = try {
            bulla.open(account)
        } catch (failure: Failure.Storage) {
            if (failure.trouble != StorageTrouble.CORRUPT) throw failure
            bulla.repair(account)
            bulla.open(account)
        }
        sessions.update { it + (account to session) }
        return session
    }

    private suspend fun show(account: AccountSummary) {
        // All at once: whoever sees the account may go on from its list.
        states.update { it.copy(current = account, hold = null, problem = null, route = listOf(Route.Rooms)) }
        keepShown()
        watch(account.id)
        val waiting = states.value.pendingLink ?: return
        states.update { it.copy(pendingLink = null) }
        attempt(::failed) { follow(waiting) }
    }

    /** Follows what holds the current account up. */
    private fun watch(account: AccountId) {
        val session = session ?: return
        watching?.cancel()
        watching = scope.launch {
            attempt(::failed) {
                session.stateFlow().collect { state -> if (states.value.current?.id == account) held(Hold.after(state, states.value.hold)) }
            }
        }
    }

    private fun held(hold: Hold?) = if (hold == null) goOn() else states.update { it.copy(hold = hold) }

    private suspend fun forget(account: AccountId, session: Session) {
        if (states.value.current?.id == account) watching?.cancel()
        sessions.update { it - account }
        models.keep { !it.isOf(account) }
        drafts.forget(account)
        session.close()
        val accounts = bulla.accounts()
        val next = accounts.firstOrNull()
        states.update { if (it.current?.id == account) it.copy(accounts = accounts, current = null, hold = null) else it.copy(accounts = accounts) }
        when {
            states.value.current != null -> go(listOf(Route.Rooms))
            next == null -> go(listOf(Route.Welcome))
            else -> {
                val session = sessions.value[next.id] ?: opened(next.id)
                show(session.account())
            }
        }
    }

    private suspend fun follow(link: Link) {
        val session = session
        if (session == null) {
            states.update { it.copy(pendingLink = link) }
            return
        }
        when (link) {
            is Link.Room -> {
                val known = try {
                    session.room(link.room).use { it.summary().membership == Membership.JOINED }
                } catch (_: Failure.NotFound) {
                    false
                }
                if (!known) return go(listOf(Route.Rooms, Route.Offer(link)))
                openRoom(link.room)
                link.event?.let { go(Route.Of(link.room, Part.Around(it))) }
            }
            is Link.Alias -> go(listOf(Route.Rooms, Route.Offer(link)))
            is Link.Person -> go(listOf(Route.Rooms, Route.NewConversation(link.user)))
        }
    }

    private fun everySession(what: suspend (Session) -> Unit): Job = scope.launch {
        opened().forEach { session -> attempt(::failed) { what(session) } }
    }

    private fun opened(): List<Session> = sessions.value.values.toList()

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }
}

/** A language as a manifest names it. */
private fun tag(language: Language) = when (language) {
    Language.SYSTEM -> Locale.getDefault().language
    Language.FRENCH -> "fr"
    Language.ENGLISH -> "en"
}
