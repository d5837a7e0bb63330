package org.bulla.ui.model

import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Room
import org.bulla.Session
import org.bulla.abilityUpdates
import org.bulla.emailAddress
import org.bulla.model.EmailInvitation
import org.bulla.model.EventId
import org.bulla.model.Failure
import org.bulla.model.Member
import org.bulla.model.MemberRole
import org.bulla.model.Membership
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomId
import org.bulla.model.RoomSummary
import org.bulla.memberUpdates
import org.bulla.model.UserId
import org.bulla.summaries

data class RoomDetailsState(
    val summary: RoomSummary? = null,
    val members: List<Member> = emptyList(),
    /** Why each action is refused, null where it is allowed; empty until it is known. */
    val abilities: Map<RoomAction, Refusal?> = emptyMap(),
    /** Nobody could manage it any more once this person has left. */
    val lastAdministrator: Boolean = false,
    /** Who asks to come in. */
    val asking: List<Member> = emptyList(),
    /** Whether one may, as far as this screen has set it. */
    val knocking: Boolean = false,
    /** Who was sent a mail and has not come yet. */
    val mailed: List<EmailInvitation> = emptyList(),
    val loading: Boolean = true,
    val busy: Boolean = false,
    val problem: Problem? = null,
) {
    fun mine(user: UserId): Member? = members.find { it.user == user }

    /** Who may be named to manage it before [me], the last who does, leaves: none where somebody else does. */
    fun successors(me: UserId): List<Member> =
        if (lastAdministrator) members.filter { it.user != me && it.membership == Membership.JOINED && !it.guest } else emptyList()

    fun may(action: RoomAction): Boolean = action in abilities && abilities[action] == null
}

/** A conversation's details and members; [left] is called when this person has left it. */
class RoomDetailsModel(
    private val session: Session,
    private val id: RoomId,
    private val pictures: PicturePort?,
    exports: ExportPort?,
    parent: CoroutineScope,
    private val left: () -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(RoomDetailsState())
    private var room: Room? = null

    val state: StateFlow<RoomDetailsState> = states.asStateFlow()

    /** Writing it out, where the shell has a place for that. */
    val export: Exporting? = exports?.let { Exporting(session, id, it, scope) }

    /** The user of this account. */
    val me: UserId = session.account().user

    /** Whether people may be invited by their e-mail address. */
    val invitesByEmail: Boolean = try {
        session.mayInviteByEmail()
        true
    } catch (_: Failure.Forbidden) {
        false
    }

    init {
        atEnd { room?.close() }
        Following(scope, { opened()?.summaries() ?: emptyFlow() }, ::failed) { summary ->
            states.update { it.copy(summary = summary) }
        }
        Following(scope, { opened()?.memberUpdates() ?: emptyFlow() }, ::failed) { members ->
            val last = attempt(::failed) { opened()?.isLastAdministrator() } ?: false
            val asking = attempt({}) { opened()?.knocking() }.orEmpty()
            states.update { it.copy(members = members, lastAdministrator = last, asking = asking, knocking = it.knocking || asking.isNotEmpty(), loading = false) }
        }
        Following(scope, { opened()?.abilityUpdates() ?: emptyFlow() }, ::failed) { abilities ->
            states.update { state -> state.copy(abilities = abilities.associate { it.action to it.refused }) }
            if (invitesByEmail && states.value.may(RoomAction.INVITE)) opened()?.let { lookWhoWasMailed(it) }
        }
    }

    fun rename(name: String): Job = change { it.setName(name.trim()) }

    fun setTopic(topic: String): Job = change { it.setTopic(topic.trim()) }

    /** Invites somebody by their id, or by their e-mail address. */
    fun invite(typed: String): Job = change { room ->
        val email = if (invitesByEmail) emailAddress(typed) else null
        if (email == null) {
            room.invite(typed.trim())
        } else {
            room.inviteEmails(listOf(email)).single().failure?.let { throw it }
            lookWhoWasMailed(room)
        }
    }

    fun revoke(invitation: EmailInvitation): Job = change { room ->
        room.revokeEmailInvitation(invitation.id)
        states.update { state -> state.copy(mailed = state.mailed - invitation) }
    }

    private suspend fun lookWhoWasMailed(room: Room) {
        val mailed = attempt({}) { room.emailInvitations() } ?: return
        states.update { it.copy(mailed = mailed) }
    }

    fun setRole(user: UserId, role: MemberRole): Job = change { it.setRole(user, role) }

    fun remove(user: UserId): Job = change { it.remove(user, null) }

    fun ban(user: UserId): Job = change { it.ban(user, null) }

    fun openToGuests(): Job = change { it.openToGuests() }

    fun setLinkAccess(on: Boolean): Job = change { it.setLinkAccess(on) }

    fun setKnocking(on: Boolean): Job = change { room ->
        room.setKnocking(on)
        states.update { it.copy(knocking = on) }
    }

    fun answerKnock(user: UserId, letIn: Boolean): Job = change { room ->
        room.answerKnock(user, letIn)
        states.update { state -> state.copy(asking = state.asking.filter { it.user != user }) }
    }

    /** Whether there is a way to choose a picture. */
    val choosesPictures: Boolean get() = pictures != null

    fun chooseAvatar(): Job = change { room -> pictures?.picture()?.let { room.setAvatar(it) } }

    fun removeAvatar(): Job = change { it.setAvatar(null) }

    fun favourite(favourite: Boolean): Job = change { it.setFavourite(favourite) }

    fun mute(muted: Boolean): Job = change { it.setMuted(muted) }

    /** Gives the first thing that was said at or after [at] to [found]. */
    fun findDay(at: Instant, found: (EventId) -> Unit): Job = change { found(it.eventAt(at)) }

    fun report(reason: String): Job = change { it.report(reason) }

    /** Shows nothing any more of the one this conversation is with, and leaves it. */
    fun ignore(user: UserId): Job = change {
        session.setIgnored(user, true)
        session.leave(id)
        left()
    }

    fun markUnread(): Job = change {
        it.setMarkedUnread(true)
        left()
    }

    fun leave(): Job = change {
        session.leave(id)
        left()
    }

    /** Names somebody who manages it from now on, and leaves. Whom naming fails for, stays. */
    fun leaveTo(successor: UserId): Job = change { room ->
        room.setRole(successor, MemberRole.ADMINISTRATOR)
        session.leave(id)
        left()
    }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private suspend fun opened(): Room? = room ?: attempt(::failed) { session.room(id) }?.also { room = it }

    private fun change(command: suspend (Room) -> Unit): Job {
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                opened()?.let { room -> attempt(::failed) { command(room) } }
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem, loading = false) }
}
