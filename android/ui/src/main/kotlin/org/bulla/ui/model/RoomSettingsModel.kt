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
import org.bulla.model.HistoryAccess
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomId
import org.bulla.model.RoomNotifications
import org.bulla.model.RoomSummary
import org.bulla.model.UpgradedRoom
import org.bulla.summaries

data class RoomSettingsState(
    val summary: RoomSummary? = null,
    /** Why each action is refused, null where it is allowed; empty until it is known. */
    val abilities: Map<RoomAction, Refusal?> = emptyMap(),
    /** The room that took this one's place from here, and who could not be invited into it. */
    val upgraded: UpgradedRoom? = null,
    val busy: Boolean = false,
    val problem: Problem? = null,
) {
    fun may(action: RoomAction): Boolean = action in abilities && abilities[action] == null

    val notInvited: Int get() = upgraded?.invited?.count { it.failure != null } ?: 0
}

/** What is set for a conversation, for everybody and for this person alone; [opened] gets the one that took its place. */
class RoomSettingsModel(
    private val session: Session,
    private val id: RoomId,
    parent: CoroutineScope,
    private val opened: (RoomId) -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(RoomSettingsState())
    private var room: Room? = null

    val state: StateFlow<RoomSettingsState> = states.asStateFlow()

    /** What an address of this account's server ends in. */
    val server: String = session.account().user.substringAfter(':')

    init {
        atEnd { room?.close() }
        Following(scope, { room()?.summaries() ?: emptyFlow() }, ::failed) { summary -> states.update { it.copy(summary = summary) } }
        Following(scope, { room()?.abilityUpdates() ?: emptyFlow() }, ::failed) { abilities ->
            states.update { state -> state.copy(abilities = abilities.associate { it.action to it.refused }) }
        }
    }

    fun setNotifications(notifications: RoomNotifications): Job = change { it.setNotifications(notifications) }

    fun setLowPriority(low: Boolean): Job = change { it.setLowPriority(low) }

    fun setHistory(history: HistoryAccess): Job = change { it.setHistory(history) }

    /** [name] is what stands between `#` and `:`; a whole address is taken, too. */
    fun setAddress(name: String): Job = change { it.setAlias(name.trim().removePrefix("#").removeSuffix(":$server")) }

    fun removeAddress(): Job = change { it.setAlias(null) }

    /** Moves everybody into a new room. Whoever could not be invited is told of before it is gone to. */
    fun upgrade(): Job = change { room ->
        val upgraded = room.upgrade()
        states.update { it.copy(upgraded = upgraded) }
        if (states.value.notInvited == 0) opened(upgraded.successor)
    }

    /** Goes to the room that took this one's place. */
    fun goOn(): Job = change { room -> opened(room.follow()) }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private suspend fun room(): Room? = room ?: attempt(::failed) { session.room(id) }?.also { room = it }

    private fun change(command: suspend (Room) -> Unit): Job {
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                room()?.let { room -> attempt(::failed) { command(room) } }
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }
}
