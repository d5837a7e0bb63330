package org.bulla.support

import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.Missing
import org.bulla.model.StorageTrouble
import org.junit.jupiter.api.Assertions.assertEquals

/** Runs [work], which has to fail in this way. */
suspend inline fun <reified F : Failure> fails(crossinline work: suspend () -> Any?): F = try {
    val answer = inTime("a failure") { work() }
    throw AssertionError("no ${F::class.simpleName}, but $answer")
} catch (failure: Failure) {
    failure as? F ?: throw AssertionError("no ${F::class.simpleName}", failure)
}

/** [work] has to fail on this field. */
suspend fun invalid(field: Field, why: FieldTrouble, work: suspend () -> Any?) =
    fails<Failure.Invalid>(work).let { assertEquals(field to why, it.field to it.why) }

/** [work] has to miss this. */
suspend fun missing(what: Missing, work: suspend () -> Any?) = assertEquals(what, fails<Failure.NotFound>(work).what)

/** [work] has to fail on the account's files. */
suspend fun storage(trouble: StorageTrouble, work: suspend () -> Any?) = assertEquals(trouble, fails<Failure.Storage>(work).trouble)
