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
import org.bulla.PasswordReset
import org.bulla.model.Field
import org.bulla.model.PasswordStrength

data class ForgottenState(
    val server: String,
    val email: String,
    /** A mail is on its way, where the server knows the address. */
    val sent: Boolean = false,
    val password: String = "",
    /** How good the new one is; null while there is none. */
    val strength: PasswordStrength? = null,
    /** The new password is the account's. */
    val done: Boolean = false,
    val busy: Boolean = false,
    val problem: Problem? = null,
) {
    /** The field that [problem] is about. */
    val wrongField: Field? get() = (problem as? Problem.Invalid)?.field?.takeIf { it in FIELDS }

    /** Whether a mail can be asked for. */
    val complete: Boolean get() = server.isNotBlank() && email.isNotBlank()

    private companion object {
        val FIELDS = setOf(Field.HOMESERVER, Field.EMAIL, Field.PASSWORD)
    }
}

/** A forgotten password is replaced by who reads the account's mail. */
class ForgottenModel(private val bulla: Bulla, server: String, email: String, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(ForgottenState(server, email))
    private var reset: PasswordReset? = null
    private var measuring: Job? = null

    val state: StateFlow<ForgottenState> = states.asStateFlow()

    fun setServer(server: String) = states.update { it.copy(server = server, problem = null) }

    fun setEmail(email: String) = states.update { it.copy(email = email, problem = null) }

    fun setPassword(password: String) {
        states.update { it.copy(password = password, problem = null, strength = it.strength.takeIf { password.isNotEmpty() }) }
        measuring?.cancel()
        if (password.isNotEmpty()) measuring = scope.launch(Dispatchers.Default) { measure(password) }
    }

    /** Has the server send a mail; a second time, another. */
    fun sendMail(): Job = busy { asked ->
        val begun = bulla.forgotPassword(asked.server.trim(), asked.email)
        reset?.close()
        reset = begun
        states.update { it.copy(sent = true) }
    }

    /** The person says that they have opened the link. */
    fun finish(): Job = busy { asked ->
        val begun = reset ?: return@busy
        begun.finish(asked.password)
        states.update { it.copy(done = true, password = "", strength = null) }
    }

    override fun close() {
        super.close()
        reset?.run {
            cancel()
            close()
        }
    }

    private fun measure(password: String) {
        val strength = bulla.passwordStrength(password, listOf(states.value.email))
        states.update { if (it.password == password) it.copy(strength = strength) else it }
    }

    private fun busy(command: suspend (ForgottenState) -> Unit): Job {
        val asked = states.value
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                attempt({ problem -> states.update { it.copy(problem = problem) } }) { command(asked) }
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }
}
