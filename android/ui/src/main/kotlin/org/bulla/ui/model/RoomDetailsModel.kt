package org.bulla.ui.model

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
import org.bulla.model.Member
import org.bulla.model.MemberRole
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
    val loading: Boolean = true,
    val busy: Boolean = false,
    val problem: Problem? = null,
) {
    fun mine(user: UserId): Member? = members.find { it.user == user }

    fun may(action: RoomAction): Boolean = action in abilities && abilities[action] == null
}

/** A conversation's details and members; [left] is called when this person has left it. */
class RoomDetailsModel(
    private val session: Session,
    private val id: RoomId,
    parent: CoroutineScope,
    private val left: () -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(RoomDetailsState())
    private var room: Room? = null

    val state: StateFlow<RoomDetailsState> = states.asStateFlow()

    /** The user of this account. */
    val me: UserId = session.account().user

    init {
        Following(scope, { opened()?.summaries() ?: emptyFlow() }, ::failed) { summary ->
            states.update { it.copy(summary = summary) }
        }
        Following(scope, { opened()?.memberUpdates() ?: emptyFlow() }, ::failed) { members ->
            val last = attempt(::failed) { opened()?.isLastAdministrator() } ?: false
            states.update { it.copy(members = members, lastAdministrator = last, loading = false) }
        }
        Following(scope, { opened()?.abilityUpdates() ?: emptyFlow() }, ::failed) { abilities ->
            states.update { state -> state.copy(abilities = abilities.associate { it.action to it.refused }) }
        }
    }

    fun rename(name: String): Job = change { it.setName(name.trim()) }

    fun setTopic(topic: String): Job = change { it.setTopic(topic.trim()) }

    fun invite(user: UserId): Job = change { it.invite(user.trim()) }

    fun setRole(user: UserId, role: MemberRole): Job = change { it.setRole(user, role) }

    fun remove(user: UserId): Job = change { it.remove(user, null) }

    fun ban(user: UserId): Job = change { it.ban(user, null) }

    fun openToGuests(): Job = change { it.openToGuests() }

    fun setLinkAccess(on: Boolean): Job = change { it.setLinkAccess(on) }

    fun favourite(favourite: Boolean): Job = change { it.setFavourite(favourite) }

    fun mute(muted: Boolean): Job = change { it.setMuted(muted) }

    fun leave(): Job = change {
        session.leave(id)
        left()
    }

    fun problemSeen() = states.update { it.copy(problem = null) }

    override fun close() {
        super.close()
        room?.close()
        room = null
    }

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
