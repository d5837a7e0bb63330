package org.bulla.app

import android.os.Bundle
import org.bulla.ui.model.AppModel
import org.bulla.ui.model.Part
import org.bulla.ui.model.Route

/** Saves where the person is and what they had begun to write, for when the system ends the process and they come back. */
fun AppModel.save(to: Bundle) {
    val state = state.value
    to.putString(ACCOUNT, state.current?.id)
    to.putStringArrayList(ROUTE, ArrayList(state.route.map(::written)))
    // A longer one would not fit into what the system keeps of all apps.
    to.putString(DRAFT, state.room?.let { conversation(it) }?.state?.value?.draft?.take(LONGEST_DRAFT))
}

/** Goes there again, once the accounts are known; as far as it is still there. */
suspend fun AppModel.restore(from: Bundle) {
    val account = from.getString(ACCOUNT)
    if (account != null) {
        if (state.value.accounts.none { it.id == account }) return
        if (state.value.current?.id != account) open(account).join()
    }
    val way = from.getStringArrayList(ROUTE).orEmpty().mapNotNull(::read)
    if (way.firstOrNull() != state.value.here) return
    way.drop(1).forEach(::go)
    val draft = from.getString(DRAFT).orEmpty()
    if (draft.isNotEmpty()) state.value.room?.let { conversation(it) }?.setDraft(draft)
}

private fun written(route: Route): String = when (route) {
    Route.Welcome -> "welcome"
    // A code that was read is forgotten with the process, and so is a mail that was asked for.
    Route.SignIn, is Route.SignInCode -> "signIn"
    is Route.ForgottenPassword -> "forgottenPassword"
    Route.Rooms -> "rooms"
    is Route.Conversation -> "conversation ${route.room}"
    is Route.Details -> "details ${route.room}"
    is Route.RoomSettings -> "roomSettings ${route.room}"
    is Route.Space -> "space ${route.room}"
    is Route.Threads -> "threads ${route.room}"
    is Route.Gallery -> "gallery ${route.room}"
    is Route.Ending -> "ending ${route.room}"
    is Route.Of -> when (val part = route.part) {
        is Part.Thread -> "thread ${route.room} ${part.root}"
        is Part.Around -> "around ${route.room} ${part.event}"
        is Part.Pinned -> "pinned ${route.room}"
    }
    is Route.NewConversation -> "newConversation ${route.with.orEmpty()}"
    Route.NewGroup -> "newGroup"
    // A link that was followed is followed again by whoever wants it.
    Route.Directory, is Route.Offer -> "directory"
    Route.Contacts -> "contacts"
    Route.ContactRules -> "contactRules"
    Route.Accounts -> "accounts"
    Route.Settings -> "settings"
    Route.Storage -> "storage"
    Route.Managed -> "managed"
    Route.Devices, Route.LinkDevice -> "devices"
    Route.AppLock -> "appLock"
    // Where a password was typed nobody comes back to unasked.
    Route.Password, Route.Delete -> "settings"
    Route.About -> "about"
}

private fun read(text: String): Route? {
    val of = text.substringAfter(' ', "")
    return when (text.substringBefore(' ')) {
        "welcome" -> Route.Welcome
        "signIn" -> Route.SignIn
        "forgottenPassword" -> Route.ForgottenPassword()
        "rooms" -> Route.Rooms
        "conversation" -> Route.Conversation(of)
        "details" -> Route.Details(of)
        "roomSettings" -> Route.RoomSettings(of)
        "space" -> Route.Space(of)
        "threads" -> Route.Threads(of)
        "gallery" -> Route.Gallery(of)
        "ending" -> Route.Ending(of)
        "thread" -> Route.Of(of.substringBefore(' '), Part.Thread(of.substringAfter(' ')))
        "around" -> Route.Of(of.substringBefore(' '), Part.Around(of.substringAfter(' ')))
        "pinned" -> Route.Of(of, Part.Pinned)
        "newConversation" -> Route.NewConversation(of.ifEmpty { null })
        "newGroup" -> Route.NewGroup
        "directory" -> Route.Directory
        "contacts" -> Route.Contacts
        "contactRules" -> Route.ContactRules
        "accounts" -> Route.Accounts
        "settings" -> Route.Settings
        "storage" -> Route.Storage
        "managed" -> Route.Managed
        "devices" -> Route.Devices
        "appLock" -> Route.AppLock
        "about" -> Route.About
        else -> null
    }
}

private const val ACCOUNT = "account"
private const val ROUTE = "route"
private const val DRAFT = "draft"
internal const val LONGEST_DRAFT = 50_000
