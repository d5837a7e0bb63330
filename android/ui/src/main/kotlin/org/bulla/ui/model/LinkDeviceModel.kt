package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Bulla
import org.bulla.QrGrant
import org.bulla.Session
import org.bulla.drawQr
import org.bulla.model.Field
import org.bulla.model.QrGrantState
import org.bulla.model.QrPicture

data class LinkDeviceState(
    /** How far it is; null before the server has answered. */
    val step: QrGrantState? = null,
    /** The code to show. */
    val picture: QrPicture? = null,
    val digits: String = "",
    /** The person has opened the page where the new device is let in. */
    val approving: Boolean = false,
    val busy: Boolean = false,
    val done: Boolean = false,
    val problem: Problem? = null,
) {
    /** The digits are not two, and may be typed again. */
    val wrongForm: Boolean get() = (problem as? Problem.Invalid)?.field == Field.COUNT
}

/** Lets a new device in, which reads the code that this one shows, or shows one that this one reads. */
class LinkDeviceModel(private val bulla: Bulla, private val session: Session, private val camera: CameraPort?, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(LinkDeviceState())
    private var work: Job? = null
    private var grant: QrGrant? = null

    val state: StateFlow<LinkDeviceState> = states.asStateFlow()

    init {
        again()
    }

    /** Whether there is something to read the new device's code with. */
    val reads: Boolean get() = camera != null

    /** Begins, with a code of its own. */
    fun again() = begin { session.linkDevice() }

    /** Asks for a picture of the code that the new device shows, in place of its own. Without one it goes on as it was. */
    fun read(): Job = scope.launch {
        val picture = attempt(::failed) { camera?.picture() } ?: return@launch
        begin { session.linkShownDevice(bulla.readQr(picture.width.toUInt(), picture.luma)) }
    }

    fun setDigits(digits: String) = states.update { it.copy(digits = twoDigits(digits), problem = null) }

    /** The digits that the new device shows are typed. */
    fun enter(): Job = tell { it.enterCheckCode(states.value.digits) }

    /** The person opens the page where they let the new device in. */
    fun approve() {
        if (states.value.approving) return
        states.update { it.copy(approving = true) }
        tell(QrGrant::confirm)
    }

    private fun begin(with: suspend () -> QrGrant) {
        work?.cancel()
        states.value = LinkDeviceState()
        work = scope.launch { attempt(::failed) { with().use { follow(it) } } }
    }

    private suspend fun follow(begun: QrGrant) {
        grant = begun
        try {
            while (true) {
                val step = begun.next() ?: break
                val picture = (step as? QrGrantState.ShowCode)?.let { drawQr(it.bytes) }
                states.update { it.copy(step = step, picture = picture, busy = false, problem = null) }
            }
            begun.finish()
            states.update { it.copy(done = true) }
        } finally {
            begun.cancel()
            if (grant === begun) grant = null
        }
    }

    private fun tell(what: suspend (QrGrant) -> Unit): Job {
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch { attempt(::failed) { grant?.let { what(it) } } }
    }

    private fun failed(problem: Problem) = states.update { it.copy(busy = false, problem = problem) }
}
