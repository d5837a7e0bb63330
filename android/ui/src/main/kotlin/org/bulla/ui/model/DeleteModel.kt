package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Session
import org.bulla.model.AccountAction
import org.bulla.model.Barrier

data class DeleteState(
    val password: String = "",
    val busy: Boolean = false,
    /** Where the account is deleted instead: another service signs this person in. */
    val page: String? = null,
    val problem: Problem? = null,
)

/** Deletes this account on its server and on this device; then [gone]. */
class DeleteModel(private val session: Session, parent: CoroutineScope, private val gone: () -> Job) : ScreenModel(parent) {
    private val states = MutableStateFlow(DeleteState())

    val state: StateFlow<DeleteState> = states.asStateFlow()

    fun setPassword(password: String) = states.update { it.copy(password = password, problem = null) }

    fun delete(): Job {
        val asked = states.value
        if (asked.busy) return Job().also { it.complete() }
        states.update { it.copy(busy = true, problem = null) }
        // What follows ends this model with its screen.
        return scope.launch {
            val deleted = attempt({ failed(it) }) { session.deactivate(asked.password, erase = true) }
            if (states.value.problem == Problem.Forbidden(Barrier.DELEGATED)) {
                val page = attempt({ failed(it) }) { session.accountManagementUrl(AccountAction.Deactivate) }
                states.update { it.copy(page = page, problem = it.problem.takeIf { page == null }) }
            }
            states.update { it.copy(busy = false, password = "") }
            if (deleted != null) gone()
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }
}
