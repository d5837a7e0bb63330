package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Bulla
import org.bulla.Session
import org.bulla.model.AccountAction
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.PasswordPolicy
import org.bulla.model.PasswordStrength

data class PasswordState(
    val old: String = "",
    val new: String = "",
    /** What the new one has to be; null until it is known. */
    val policy: PasswordPolicy? = null,
    /** How good the new one is; null while there is none. */
    val strength: PasswordStrength? = null,
    /** Where it is changed instead: another service signs this person in. */
    val page: String? = null,
    val busy: Boolean = false,
    /** It was put in the old one's place. */
    val done: Boolean = false,
    val problem: Problem? = null,
) {
    /** The old one is not the account's. */
    val oldWrong: Boolean get() = problem == Problem.Invalid(Field.PASSWORD, FieldTrouble.WRONG)

    /** What the new one lacks. */
    val lacks: FieldTrouble? get() = (problem as? Problem.Invalid)?.takeIf { it.field == Field.PASSWORD && !oldWrong }?.why
    val complete: Boolean get() = old.isNotEmpty() && new.isNotEmpty()
}

/** Puts a password of the person's own in the place of the one that there is; then [changed]. */
class PasswordModel(
    private val bulla: Bulla,
    private val session: Session,
    parent: CoroutineScope,
    private val changed: () -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(PasswordState())
    private var measuring: Job? = null

    val state: StateFlow<PasswordState> = states.asStateFlow()

    init {
        scope.launch { attempt({}) { session.accountManagementUrl(AccountAction.Profile) }?.let { page -> states.update { it.copy(page = page) } } }
        // Where it cannot be had, the answer to a password says what it lacks.
        scope.launch { attempt({}) { session.passwordPolicy() }?.let { policy -> states.update { it.copy(policy = policy) } } }
    }

    fun setOld(old: String) = states.update { it.copy(old = old, done = false, problem = null) }

    fun setNew(new: String) {
        states.update { it.copy(new = new, done = false, problem = null, strength = it.strength.takeIf { new.isNotEmpty() }) }
        measuring?.cancel()
        if (new.isNotEmpty()) measuring = scope.launch(Dispatchers.Default) { measure(new) }
    }

    fun submit(): Job {
        val asked = states.value
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                attempt({ problem -> states.update { it.copy(problem = problem) } }) {
                    session.changePassword(asked.old, asked.new)
                    states.value = PasswordState(policy = asked.policy, done = true)
                    changed()
                }
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun measure(new: String) {
        val strength = bulla.passwordStrength(new, listOf(session.account().user))
        states.update { if (it.new == new) it.copy(strength = strength) else it }
    }
}
