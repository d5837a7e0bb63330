package org.bulla.ui.model

import org.bulla.model.Barrier
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.Missing
import org.bulla.model.StorageTrouble
import org.bulla.model.TrustTrouble

/** What went wrong, as a value that a screen can hold and turn into words: what happened, and what to do. */
sealed interface Problem {
    data object Offline : Problem
    data class SignInAgain(val soft: Boolean) : Problem
    data class Wait(val seconds: Int) : Problem
    data class NotFound(val what: Missing) : Problem
    data class Invalid(val field: Field, val why: FieldTrouble) : Problem
    data class Refused(val code: String) : Problem
    data class Untrusted(val why: TrustTrouble) : Problem
    data class Forbidden(val why: Barrier) : Problem
    data class Storage(val trouble: StorageTrouble) : Problem
    data object Closed : Problem
    data class Unexpected(val reference: String) : Problem

    companion object {
        fun of(failure: Failure): Problem = when (failure) {
            is Failure.Offline -> Offline
            is Failure.SignInAgain -> SignInAgain(failure.soft)
            is Failure.Wait -> Wait(failure.retryAfter.seconds.coerceIn(1, 86_400).toInt())
            is Failure.NotFound -> NotFound(failure.what)
            is Failure.Invalid -> Invalid(failure.field, failure.why)
            is Failure.Rejected -> Refused(failure.code)
            is Failure.Untrusted -> Untrusted(failure.why)
            is Failure.Forbidden -> Forbidden(failure.why)
            is Failure.Storage -> Storage(failure.trouble)
            is Failure.Closed -> Closed
            is Failure.Unexpected -> Unexpected(failure.reference)
        }
    }
}
