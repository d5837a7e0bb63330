package org.bulla.ui.model

import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.AppLock
import org.bulla.model.AppLockState
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.stateFlow

data class LockModelState(
    /** How the lock stands; null until it is known. */
    val lock: AppLockState? = null,
    /** The PIN that there is. */
    val pin: String = "",
    /** The one that is to be, twice. */
    val new: String = "",
    val again: String = "",
    /** In how many seconds a PIN is looked at again. */
    val wait: Int = 0,
    val busy: Boolean = false,
    /** A finger or a face may open the lock, too, if the person wants. */
    val ownerAvailable: Boolean = false,
    /** One does. */
    val byOwner: Boolean = false,
    /** It was not known, or the person did not want. */
    val declined: Boolean = false,
    /** What was asked for is done. */
    val done: Boolean = false,
    val problem: Problem? = null,
) {
    val wrong: Boolean get() = problem == Problem.Invalid(Field.PIN, FieldTrouble.WRONG)

    /** What the new PIN lacks. */
    val lacks: FieldTrouble? get() = (problem as? Problem.Invalid)?.takeIf { it.field == Field.PIN && !wrong }?.why
    val differ: Boolean get() = again.isNotEmpty() && !new.startsWith(again)
    val chosen: Boolean get() = new.isNotEmpty() && new == again
    val mayUnlock: Boolean get() = pin.isNotEmpty() && wait == 0 && !busy
}

/** Shows a PIN to the lock of the app, and sets, changes and removes it. */
class LockModel(private val lock: AppLock, private val owner: OwnerCheck?, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(LockModelState())
    private var counting: Job? = null

    val state: StateFlow<LockModelState> = states.asStateFlow()

    init {
        Following(scope, { lock.stateFlow() }, ::failed) { now ->
            states.update { it.copy(lock = now) }
            lookAtOwner()
            (now as? AppLockState.Locked)?.wait?.let { countDown(it.seconds.toInt() + 1) }
        }
    }

    fun setPin(pin: String) = states.update { it.copy(pin = pin, problem = null, done = false, declined = false) }

    fun setNew(new: String) = states.update { it.copy(new = new, problem = null, done = false) }

    fun setAgain(again: String) = states.update { it.copy(again = again, problem = null, done = false) }

    fun unlock(): Job = command { lock.unlock(it.pin) }

    /** Has the platform look who is there. Whom it does not know types the PIN. */
    fun unlockByOwner(): Job = command {
        val opened = owner != null && lock.unlockWithPlatform(owner)
        states.update { it.copy(declined = !opened) }
    }

    /** Lets the platform open the lock beside the PIN. */
    fun allowOwner(): Job = command { owner?.let { lock.allowPlatform(it) } }

    fun forbidOwner(): Job = command { owner?.let { lock.forbidPlatform(it) } }

    fun choose(): Job = command { asked ->
        val off = states.first { it.lock != null }.lock is AppLockState.Off
        if (off) lock.setPin(asked.new) else lock.changePin(asked.pin, asked.new)
    }

    fun remove(): Job = command { asked ->
        lock.removePin(asked.pin)
        // Its key opens nothing any more.
        owner?.takeIf { it.kept }?.let { lock.forbidPlatform(it) }
    }

    fun lockNow(): Job = command { lock.lock() }

    /** Whatever was typed is forgotten when it was of use, and a wrong PIN when it was not. */
    private fun command(work: suspend (LockModelState) -> Unit): Job {
        val asked = states.value
        if (asked.busy) return Job().also { it.complete() }
        states.update { it.copy(busy = true, done = false, declined = false, problem = null) }
        return scope.launch {
            try {
                attempt(::failed) {
                    work(asked)
                    states.update { it.copy(pin = "", new = "", again = "", done = true) }
                }
            } finally {
                states.update { it.copy(busy = false) }
                lookAtOwner()
            }
        }
    }

    /** What the device can do may change at any time. */
    private fun lookAtOwner() {
        val available = owner?.available == true
        states.update { it.copy(ownerAvailable = available, byOwner = available && owner?.kept == true) }
    }

    private fun failed(problem: Problem) = when (problem) {
        is Problem.Wait -> countDown(problem.seconds)
        else -> states.update { it.copy(pin = "", problem = problem) }
    }

    private fun countDown(from: Int) {
        counting?.cancel()
        states.update { it.copy(wait = from) }
        counting = scope.launch {
            while (states.value.wait > 0) {
                delay(1.seconds)
                states.update { it.copy(wait = it.wait - 1) }
            }
        }
    }
}
