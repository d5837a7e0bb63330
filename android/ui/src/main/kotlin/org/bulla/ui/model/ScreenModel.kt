package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.plus

/** What holds a screen's state: it lives in a scope of its own, which ends when its screen leaves the way. */
abstract class ScreenModel(parent: CoroutineScope) {
    protected val scope: CoroutineScope = parent + SupervisorJob(parent.coroutineContext[Job])

    /** Frees what the screen opened, once nothing of it runs any more: what still runs may be about to use it. */
    protected fun atEnd(free: () -> Unit) {
        checkNotNull(scope.coroutineContext[Job]).invokeOnCompletion { free() }
    }

    /** Ends what the screen follows and frees what it opened. */
    open fun close() {
        scope.cancel()
    }
}

/** The models of the screens on the way, each made when first shown and closed when its screen is left. */
internal class ScreenModels {
    private val held = LinkedHashMap<Any, ScreenModel>()

    @Suppress("UNCHECKED_CAST")
    fun <M : ScreenModel> of(key: Any, make: () -> M): M = synchronized(held) { held.getOrPut(key, make) as M }

    /** Closes every model whose key [stays] does not want. */
    fun keep(stays: (Any) -> Boolean) {
        val left = synchronized(held) {
            held.filterKeys { !stays(it) }.also { held.keys.removeAll(it.keys) }
        }
        left.values.forEach(ScreenModel::close)
    }
}
