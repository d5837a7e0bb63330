package org.bulla.ui.screen

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.width
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.VerticalDivider
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.input.key.onKeyEvent
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.dp
import org.bulla.model.Gate
import org.bulla.model.RoomId
import org.bulla.ui.model.AppModel
import org.bulla.ui.model.AppState
import org.bulla.ui.model.Part
import org.bulla.ui.model.Portraits
import org.bulla.ui.model.Route
import org.bulla.ui.model.beginSpace
import org.bulla.ui.model.Thumbnails
import org.bulla.ui.theme.Brand
import org.bulla.ui.theme.BullaTheme
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.Words
import org.bulla.ui.words.problem

/**
 * The app. The shell around it gives [app], the deployment's [brand], a [font], whether the system asks for [contrast], and [notes] that
 * the settings show, such as where the keys are kept. Going back belongs to the shell: [AppModel.back]. So do keys that are pressed while
 * nothing has the focus: a shell with a keyboard hands them to its own [shortcuts].
 */
@Composable
fun BullaApp(
    app: AppModel,
    brand: Brand,
    font: FontFamily = FontFamily.Default,
    contrast: Boolean = false,
    notes: (Words) -> List<String> = { emptyList() },
    shortcuts: Shortcuts = remember(app) { Shortcuts(app) },
) {
    val state by app.state.collectAsState()
    val (hold, gate) = state.hold to state.gate
    BullaTheme(state.settings, brand, font, contrast) {
        Surface(Modifier.fillMaxSize().onKeyEvent(shortcuts::onKey), color = MaterialTheme.colorScheme.background) {
            CompositionLocalProvider(LocalServicePage provides state.servicePage, LocalPortraits provides portraits(app, state), LocalThumbnails provides thumbnails(state)) {
                Column {
                    state.problem?.let { Notice(LocalWords.current.problem(it), Tone.DANGER, Icons.Warning, onClose = app::problemSeen) }
                    gate?.let { TooOld(it, app::gateSeen) }
                    BoxWithConstraints {
                        when {
                            !state.started -> Waiting()
                            gate is Gate.Critical -> TooOldScreen(gate.text, state.deployment?.manifest?.support)
                            state.lockedOut -> LockScreen(app.lock(), app::leaveWiped)
                            state.current == null || state.here.isOutside -> Outside(app, state)
                            hold != null && state.here !is Route.Accounts -> HoldScreen(hold, app, state)
                            maxWidth >= TWO_PANES -> Wide(app, state, shortcuts, notes)
                            else -> key(state.current?.id) { Screen(state.here, app, state, shortcuts, notes, wide = false) }
                        }
                    }
                }
            }
        }
    }
}

/** Those of the current account: another one sees others, and nothing of one stays when it is left. */
@Composable
private fun portraits(app: AppModel, state: AppState): Portraits<ImageBitmap>? {
    val decode = LocalShell.current.decode ?: return null
    return remember(state.current?.id, decode) { app.session?.let { Portraits(it, decode) } }
}

/** The same of pictures in conversations. */
@Composable
private fun thumbnails(state: AppState): Thumbnails<ImageBitmap>? {
    val decode = LocalShell.current.decode ?: return null
    return remember(state.current?.id, state.lockedOut, decode) { Thumbnails(decode) }
}

/** From this width on the list and the conversation stand side by side. */
val TWO_PANES = 840.dp

@Composable
private fun Outside(app: AppModel, state: AppState) {
    val back: () -> Unit = { app.back() }
    val forgotten = { server: String, email: String -> app.go(Route.ForgottenPassword(server, email)) }
    val code = { server: String -> { app.go(Route.SignInCode(server)) }.takeIf { app.offersCode(server) } }
    val manifest = state.deployment?.manifest
    when (val here = state.here) {
        is Route.SignIn ->
            if (manifest == null) SignInScreen(app.signIn(), { forgotten(it, "") }, code, back)
            else EntryScreen(app.entry(), manifest, state.deployment?.expired == true, forgotten, code, back)
        is Route.SignInCode -> app.codeSignIn(here)?.let { CodeSignInScreen(it, back) }
        is Route.ForgottenPassword -> ForgottenScreen(app.forgotten(here), onlyEmail = manifest != null, back)
        else -> WelcomeScreen { app.go(Route.SignIn) }
    }
}

/** Whether no account is needed to be there. */
private val Route.isOutside: Boolean get() = this is Route.SignIn || this is Route.SignInCode || this is Route.ForgottenPassword

/** What is chosen stands left, what is read stands right. */
@Composable
private fun Wide(app: AppModel, state: AppState, shortcuts: Shortcuts, notes: (Words) -> List<String>) = key(state.current?.id) {
    val choosing = state.here is Route.NewConversation || state.here is Route.NewGroup || state.here is Route.Contacts || state.here is Route.Accounts
    Row(Modifier.fillMaxSize()) {
        Surface(Modifier.width(380.dp).fillMaxHeight(), color = MaterialTheme.colorScheme.surfaceContainer) {
            Screen(if (choosing) state.here else Route.Rooms, app, state, shortcuts, notes, wide = true)
        }
        VerticalDivider(color = MaterialTheme.colorScheme.outlineVariant)
        Box(Modifier.weight(1f)) {
            val room = state.room
            val words = LocalWords.current
            when {
                !choosing && state.here !is Route.Rooms -> Screen(state.here, app, state, shortcuts, notes, wide = true)
                room != null -> Screen(Route.Conversation(room), app, state, shortcuts, notes, wide = true)
                else -> Empty(Icons.Talk, words.choosePane, words.choosePaneHint)
            }
        }
    }
}

@Composable
private fun Screen(route: Route, app: AppModel, state: AppState, shortcuts: Shortcuts, notes: (Words) -> List<String>, wide: Boolean) {
    val account = state.current ?: return
    val back: () -> Unit = { app.back() }
    when (route) {
        is Route.Rooms -> app.rooms()?.let { model ->
            RoomListScreen(
                model,
                account,
                state.room.takeIf { wide },
                shortcuts,
                onOpen = app::openRoom,
                onSpace = app::openSpace,
                onNew = { app.go(Route.NewConversation()) },
                onNewSpace = app::beginSpace,
                onContacts = { app.go(Route.Contacts) },
                onAccounts = { app.go(Route.Accounts) },
                onSettings = { app.go(Route.Settings) },
                onRenew = app::renew,
            )
        }
        is Route.Conversation -> Conversation(route.room, app, back.takeIf { !wide }, wide)
        is Route.Details -> app.details(route.room)?.let { DetailsScreen(it, back, app::go) }
        is Route.RoomSettings -> app.roomSettings(route.room)?.let { RoomSettingsScreen(it, back) }
        is Route.Space -> key(route) { app.space(route.room)?.let { SpaceScreen(it, back) { app.go(Route.Details(route.room)) } } }
        is Route.Of -> key(route) {
            app.part(route)?.let { ConversationScreen(it, back, { app.go(Route.Details(route.room)) }, focusAtOnce = wide, app.parts(route.room), app::openRoom) }
        }
        is Route.Threads -> app.threads(route.room)?.let { ThreadsScreen(it, { root -> app.go(Route.Of(route.room, Part.Thread(root))) }, back) }
        is Route.Ending -> key(route) { app.ending(route.room)?.let { EndingScreen(it, back) } }
        is Route.Gallery -> key(route) { app.gallery(route.room)?.let { GalleryScreen(it, back) } }
        is Route.NewConversation -> app.newConversation(route)?.let { NewConversationScreen(it, back, { app.go(Route.Directory) }, app::newGroupWith) { app.go(Route.NewGroup) } }
        is Route.Directory, is Route.Offer -> key(route) { app.directory(route)?.let { DirectoryScreen(it, listed = route is Route.Directory, back) } }
        is Route.Contacts -> app.contacts()?.let { ContactsScreen(it, back) }
        is Route.NewGroup -> app.newConversation(route)?.let { NewGroupScreen(it, back) }
        is Route.Accounts -> AccountsScreen(app.accounts(), back)
        is Route.Settings -> app.settings()?.let { SettingsScreen(it, account, back, { app.go(Route.About) }, app::go, notes(LocalWords.current)) }
        is Route.Managed -> ManagedScreen(state.deployment, back)
        is Route.Storage -> app.storage()?.let { StorageScreen(it, back) }
        is Route.ContactRules -> app.contactRules()?.let { ContactRulesScreen(it, back) }
        is Route.Password -> app.changePassword()?.let { ChangePasswordScreen(it, back) }
        is Route.Devices -> app.devices()?.let { DevicesScreen(it, back) { app.go(Route.LinkDevice) } }
        is Route.LinkDevice -> app.linkDevice()?.let { LinkDeviceScreen(it, back) }
        is Route.Delete -> app.delete()?.let { DeleteScreen(it, back) }
        is Route.AppLock -> AppLockScreen(app.lock(), back)
        is Route.About -> AboutScreen(back)
        is Route.Welcome, is Route.SignIn, is Route.SignInCode, is Route.ForgottenPassword -> {}
    }
}

/** Opens a part of a conversation. */
private fun AppModel.parts(room: RoomId): (Part) -> Unit = { go(Route.Of(room, it)) }

@Composable
private fun Conversation(room: RoomId, app: AppModel, onBack: (() -> Unit)?, wide: Boolean) = key(room) {
    app.conversation(room)?.let { ConversationScreen(it, onBack, { app.go(Route.Details(room)) }, focusAtOnce = wide, app.parts(room), app::openRoom) }
}
