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
import org.bulla.model.OauthApp
import org.bulla.model.QrSignInState

data class CodeSignInState(
    /** How far it is; null before a code was read. */
    val step: QrSignInState? = null,
    val busy: Boolean = false,
    val problem: Problem? = null,
)

/** Signs this device in by the code that another one shows; [signedIn] gets the session. */
class CodeSignInModel(
    private val bulla: Bulla,
    private val browser: BrowserPort,
    private val camera: CameraPort,
    parent: CoroutineScope,
    private val signedIn: (Session) -> Unit,
) : ScreenModel(parent) {
    private val states = MutableStateFlow(CodeSignInState())
    private var work: Job? = null

    val state: StateFlow<CodeSignInState> = states.asStateFlow()

    /** Whether the person takes the picture, or chooses one. */
    val takes: Boolean get() = camera.takes

    /** Asks for a picture of the code, and goes on by what it holds. */
    fun scan(): Job {
        work?.takeIf { it.isActive }?.let { return it }
        states.value = CodeSignInState(busy = true)
        val job = scope.launch {
            try {
                attempt({ problem -> states.update { it.copy(problem = problem) } }) { camera.picture()?.let { read(it) } }
            } finally {
                states.update { it.copy(step = null, busy = false) }
            }
        }
        work = job
        return job
    }

    /** Gives it up: nothing is left of it. */
    fun cancel() {
        work?.cancel()
    }

    private suspend fun read(picture: GreyPicture) {
        val code = bulla.readQr(picture.width.toUInt(), picture.luma)
        val app = browser.visit().use { OauthApp(browser.name, browser.website, it.callback) }
        bulla.beginQrSignIn(app, code).use { attempt ->
            try {
                follow(attempt)
            } finally {
                // Whoever goes away leaves nothing behind; what has ended is not touched.
                withContext(NonCancellable) { attempt.cancel() }
            }
        }
    }

    private suspend fun follow(attempt: QrSignIn) {
        while (true) {
            val step = attempt.next() ?: break
            states.update { it.copy(step = step) }
        }
        signedIn(attempt.finish())
    }
}
