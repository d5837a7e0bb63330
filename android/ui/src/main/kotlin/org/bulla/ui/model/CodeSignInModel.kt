package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.bulla.Bulla
import org.bulla.QrSignIn
import org.bulla.Session
import org.bulla.drawQr
import org.bulla.model.Field
import org.bulla.model.OauthApp
import org.bulla.model.QrPicture
import org.bulla.model.QrSignInState

data class CodeSignInState(
    /** How far it is; null before a code was read or is shown. */
    val step: QrSignInState? = null,
    /** The code to show. */
    val picture: QrPicture? = null,
    val digits: String = "",
    val busy: Boolean = false,
    val problem: Problem? = null,
) {
    /** The digits are not two, and may be typed again. */
    val wrongForm: Boolean get() = (problem as? Problem.Invalid)?.field == Field.COUNT
}

/** Signs this device in by the code that another one shows, or by one that this shows for [server]; [signedIn] gets the session. */
class CodeSignInModel(
    private val bulla: Bulla,
    private val browser: BrowserPort,
    private val camera: CameraPort?,
    private val server: String,
    parent: CoroutineScope,
    private val signedIn: (Session) -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(CodeSignInState())
    private var work: Job? = null
    private var begun: QrSignIn? = null

    val state: StateFlow<CodeSignInState> = states.asStateFlow()

    /** Whether the person takes the picture, or chooses one; null where there is nothing to read a code with. */
    val takes: Boolean? get() = camera?.takes

    /** Whether it is known for which server a code would be. */
    val shows: Boolean get() = server.isNotBlank()

    /** Asks for a picture of the code, and goes on by what it holds. */
    fun scan(): Job = working {
        val picture = camera?.picture() ?: return@working
        val code = bulla.readQr(picture.width.toUInt(), picture.luma)
        follow(bulla.beginQrSignIn(app(), code))
    }

    /** Shows a code for the other device to read. */
    fun show(): Job = working { follow(bulla.showQrSignIn(server.trim(), app())) }

    fun setDigits(digits: String) = states.update { it.copy(digits = twoDigits(digits), problem = null) }

    /** The digits that the other device shows are typed. */
    fun enter(): Job {
        states.update { it.copy(problem = null) }
        return scope.launch { attempt(::failed) { begun?.enterCheckCode(states.value.digits) } }
    }

    /** Gives it up: nothing is left of it. */
    fun cancel() {
        work?.cancel()
    }

    private fun working(command: suspend () -> Unit): Job {
        work?.takeIf { it.isActive }?.let { return it }
        states.value = CodeSignInState(busy = true)
        val job = scope.launch {
            try {
                attempt(::failed) { command() }
            } finally {
                states.update { CodeSignInState(problem = it.problem) }
            }
        }
        work = job
        return job
    }

    private fun app() = browser.visit().use { OauthApp(browser.name, browser.website, it.callback) }

    private suspend fun follow(attempt: QrSignIn) = attempt.use {
        begun = attempt
        try {
            while (true) {
                val step = attempt.next() ?: break
                val picture = (step as? QrSignInState.ShowCode)?.let { drawQr(it.bytes) }
                states.update { it.copy(step = step, picture = picture) }
            }
            signedIn(attempt.finish())
        } finally {
            begun = null
            // Whoever goes away leaves nothing behind; what has ended is not touched.
            withContext(NonCancellable) { attempt.cancel() }
        }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }
}

/** What a person typed, as far as it is two digits. */
internal fun twoDigits(typed: String): String = typed.filter(Char::isDigit).take(2)
