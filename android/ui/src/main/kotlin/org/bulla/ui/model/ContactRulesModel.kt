package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Session
import org.bulla.model.ContactRules

data class ContactRulesState(
    /** Null until they are known. */
    val rules: ContactRules? = null,
    val busy: Boolean = false,
    val problem: Problem? = null,
) {
    /** Whom the rule does not hold for: people and servers. */
    val exceptions: List<String> get() = rules?.run { people + servers }.orEmpty()
}

/** Who may contact this person. */
class ContactRulesModel(private val session: Session, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(ContactRulesState())

    val state: StateFlow<ContactRulesState> = states.asStateFlow()

    init {
        again()
    }

    /** Asks for them, also after they could not be had. */
    fun again(): Job = busy { session.contactRules() }

    /** Lets everybody, or nobody. Exceptions go: they would mean the opposite. */
    fun setEverybody(everybody: Boolean): Job = change { ContactRules(everybody) }

    /** Adds an exception: a person by their id, or else a server. */
    fun add(name: String): Job = change {
        val exception = name.trim()
        when {
            exception in people || exception in servers -> this
            exception.startsWith('@') -> copy(people = people + exception)
            else -> copy(servers = servers + exception)
        }
    }

    fun remove(name: String): Job = change { copy(people = people - name, servers = servers - name) }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private fun change(change: ContactRules.() -> ContactRules): Job = busy {
        // As they are now: another device may have changed them.
        session.setContactRules(session.contactRules().change())
        session.contactRules()
    }

    private fun busy(ask: suspend () -> ContactRules): Job {
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                attempt(::failed, ask)?.let { rules -> states.update { it.copy(rules = rules) } }
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }
}
