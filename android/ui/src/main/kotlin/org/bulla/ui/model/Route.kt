package org.bulla.ui.model

import org.bulla.model.Link
import org.bulla.model.RoomId
import org.bulla.model.UserId

/** A place in the app. The way to where a person is, is a list of them. */
sealed interface Route {
    data object Welcome : Route
    data object SignIn : Route

    /** In by the code that another device shows, or by one for [server], where it is known. */
    data class SignInCode(val server: String = "") : Route

    /** [server] and [email] as far as they are known. */
    data class ForgottenPassword(val server: String = "", val email: String = "") : Route
    data object Rooms : Route
    data class Conversation(val room: RoomId) : Route
    data class Details(val room: RoomId) : Route
    data class RoomSettings(val room: RoomId) : Route

    /** The rooms that a space holds. */
    data class Space(val room: RoomId) : Route

    /** A part of a conversation. */
    data class Of(val room: RoomId, val part: Part) : Route
    data class Threads(val room: RoomId) : Route

    /** The files of a conversation. */
    data class Gallery(val room: RoomId) : Route

    /** How long the messages of a conversation stay. */
    data class Ending(val room: RoomId) : Route

    /** [with] is found at once where a link named someone. */
    data class NewConversation(val with: UserId? = null) : Route
    data object NewGroup : Route
    data object Contacts : Route

    /** The rooms that servers list. */
    data object Directory : Route

    /** The room that a link names, for whoever is not in it. */
    data class Offer(val link: Link) : Route
    data object Accounts : Route
    data object Settings : Route
    data object Storage : Route
    data object Managed : Route
    data object ContactRules : Route
    data object Devices : Route

    /** A new device is let in by this one. */
    data object LinkDevice : Route
    data object Password : Route
    data object AppLock : Route
    data object Delete : Route
    data object About : Route
}
