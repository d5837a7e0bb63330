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
import org.bulla.model.Member
import org.bulla.model.RoomId
import org.bulla.model.RoomSummary
import org.bulla.model.UserId
import org.bulla.summaries

data class RoomDetailsState(
    val summary: RoomSummary? = null,
    val members: List<Member> = emptyList(),
    val loading: Boolean = true,
    val busy: Boolean = false,
    val problem: Problem? = null,
) {
    fun mine(user: UserId): Member? = members.find { it.user == user }
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
            refresh()
        }
    }

    fun rename(name: String): Job = change { it.setName(name.trim()) }

    fun setTopic(topic: String): Job = change { it.setTopic(topic.trim()) }

    fun invite(user: UserId): Job = change {
        it.invite(user.trim())
        refresh()
    }

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

    private suspend fun refresh() {
        val members = attempt(::failed) { opened()?.members() }
        states.update { it.copy(members = members ?: it.members, loading = false) }
    }

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
