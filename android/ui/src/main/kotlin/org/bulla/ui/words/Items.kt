package org.bulla.ui.words

import java.util.Locale
import org.bulla.model.CallKind
import org.bulla.model.EmojiKind
import org.bulla.model.MarkedRead
import org.bulla.model.MessageBody
import org.bulla.model.NameDoubt
import org.bulla.model.Place
import org.bulla.model.StateKind

// What a conversation holds besides texts, in words.

/** Where something is: what the sender says of it, or its degrees. */
fun Words.location(body: MessageBody.Location): String {
    val place = body.place ?: return location
    val described = body.description?.let { oneLine(it, 80) }.orEmpty()
    return locationAt(if (described.isEmpty()) degrees(place) else isolated(described))
}

fun Words.liveLocation(body: MessageBody.LiveLocation): String {
    val told = if (body.ended) liveLocationEnded else liveLocation(time(body.until))
    return listOfNotNull(told, body.place?.let(::degrees)).joinToString(" · ")
}

fun Words.gallery(body: MessageBody.Gallery): String {
    val names = body.parts.joinToString(", ") { isolated(oneLine(it.name, 60)) }
    return gallery(if (body.more == 0u) names else andOthers(names, body.more.toInt()))
}

fun Words.call(body: MessageBody.Call): String = when (body.kind) {
    CallKind.INVITED, CallKind.BEGUN -> if (body.video == true) callVideo else call
    CallKind.ANSWERED -> callAnswered
    CallKind.DECLINED -> callDeclined
    CallKind.ENDED -> callEnded
}

/** How exact a place is. */
fun Words.degrees(place: Place): String {
    fun number(millionths: Int) = "%.5f".format(Locale.ROOT, millionths / 1_000_000.0)
    val where = "${number(place.latitude)}, ${number(place.longitude)}"
    return place.accuracy?.let { "$where, ${placeAccuracy(it.toInt())}" } ?: where
}

/** A setting of the conversation that [sender] changed. */
internal fun Words.setting(kind: StateKind, sender: String): String = when (kind) {
    StateKind.JOIN_RULES -> stateJoinRules(sender)
    StateKind.HISTORY_VISIBILITY -> stateHistory(sender)
    StateKind.POWER_LEVELS -> statePowers(sender)
    StateKind.ADDRESS -> stateAddress(sender)
    StateKind.REPLACED -> stateReplaced(sender)
    StateKind.SERVER_ACCESS -> stateServers(sender)
    StateKind.VISITORS -> stateVisitors(sender)
    StateKind.EMAIL_INVITATION -> stateEmailInvitation(sender)
    StateKind.SPACE_CHILD, StateKind.SPACE_PARENT -> stateSpace(sender)
    StateKind.MODERATION_RULE -> stateModeration(sender)
    StateKind.ENDING -> stateEnding(sender)
    StateKind.RETENTION -> stateRetention(sender)
    else -> stateOther(sender)
}

/** Why a name may be taken for another. */
fun Words.doubt(doubt: NameDoubt): String = when (doubt) {
    NameDoubt.MIXED_ALPHABETS -> nameMixed
    NameDoubt.LOOK_ALIKE -> nameLookAlike
    NameDoubt.HIDDEN -> nameHidden
}

fun Words.emoji(kind: EmojiKind): String = when (kind) {
    EmojiKind.FACES -> emojiFaces
    EmojiKind.PEOPLE -> emojiPeople
    EmojiKind.NATURE -> emojiNature
    EmojiKind.FOOD -> emojiFood
    EmojiKind.PLACES -> emojiPlaces
    EmojiKind.ACTIVITIES -> emojiActivities
    EmojiKind.THINGS -> emojiThings
    EmojiKind.SYMBOLS -> emojiSymbols
    EmojiKind.FLAGS -> emojiFlags
}

/** How far marking everything as read is, or what came of it. */
fun Words.marking(told: MarkedRead): String = when {
    told.done + told.failed < told.total -> markingAllRead(told.done.toString(), told.total.toString())
    told.failed > 0u -> markAllReadFailed(told.failed.toInt())
    else -> markedAllRead(told.done.toInt())
}
