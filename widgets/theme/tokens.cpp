#include "widgets/theme/tokens.h"

#include <QString>
#include <utility>

namespace nova::theme {
namespace {

constexpr QRgb opaque = 0xff000000;

QColor rgb(QRgb value) {
    return QColor::fromRgb(opaque | value);
}

Tokens makeDark() {
    return {
        .dark = true,
        .bg0 = rgb(0x0e1115),
        .bg1 = rgb(0x14181d),
        .bg2 = rgb(0x1a1f26),
        .bg3 = rgb(0x222933),
        .sel = rgb(0x1c3150),
        .line = rgb(0x272e38),
        .line2 = rgb(0x3b4552),
        .grid = rgb(0x1d232b),
        .t1 = rgb(0xe7ebf1),
        .t2 = rgb(0xaeb8c5),
        .t3 = rgb(0x929dac),
        .inv = rgb(0x0e1115),
        .accent = rgb(0x6aa5ff),
        .accentFill = rgb(0x2c66c9),
        .onAccent = rgb(0xffffff),
        .ok = rgb(0x4fc48c),
        .warn = rgb(0xe3b04b),
        .err = rgb(0xf47c74),
        .info = rgb(0x7cbce8),
        .win = rgb(0xb39cff),
        .okBg = rgb(0x14291f),
        .warnBg = rgb(0x2e2614),
        .errBg = rgb(0x331c1c),
        .infoBg = rgb(0x172735),
        .winBg = rgb(0x231e3b),
        .envLocal = rgb(0x1f7a6d),
        .envStaging = rgb(0x9a5b12),
        .envProduction = rgb(0xb3203f),
        .onEnv = rgb(0xffffff),
        .scrim = QColor(5, 7, 10, 158),
        .synKey = rgb(0x7cbce8),
        .synStr = rgb(0x8fd0a5),
        .synNum = rgb(0xe3b04b),
        .synOp = rgb(0xb39cff),
        .heat = {rgb(0x171c22), rgb(0x1d3247), rgb(0x27496b), rgb(0x356694), rgb(0x7a5a1c), rgb(0x8c3a36)},
        .gateway = rgb(0xbfe5f7),
        .identity = rgb(0x6153e9),
        .content = rgb(0xd0b632),
        .media = rgb(0xc65fbf),
        .messaging = rgb(0x70c9b9),
        .chat = rgb(0x888836),
        .social = rgb(0xe27e8d),
        .feed = rgb(0x3a7a50),
        .notification = rgb(0xc84a87),
        .store = rgb(0x8d99a8),
        .people = rgb(0xdfe5ec),
    };
}

Tokens makeLight() {
    return {
        .dark = false,
        .bg0 = rgb(0xeef1f5),
        .bg1 = rgb(0xffffff),
        .bg2 = rgb(0xf6f8fa),
        .bg3 = rgb(0xe9edf2),
        .sel = rgb(0xdbe8fd),
        .line = rgb(0xdce1e8),
        .line2 = rgb(0xb4bdc9),
        .grid = rgb(0xeef1f5),
        .t1 = rgb(0x151a21),
        .t2 = rgb(0x434d5a),
        .t3 = rgb(0x596472),
        .inv = rgb(0xffffff),
        .accent = rgb(0x1c5fd0),
        .accentFill = rgb(0x1c5fd0),
        .onAccent = rgb(0xffffff),
        .ok = rgb(0x0f7541),
        .warn = rgb(0x8a5700),
        .err = rgb(0xbf2c28),
        .info = rgb(0x176a9c),
        .win = rgb(0x6446d2),
        .okBg = rgb(0xe4f4eb),
        .warnBg = rgb(0xfbf0d9),
        .errBg = rgb(0xfce8e6),
        .infoBg = rgb(0xe3f0f8),
        .winBg = rgb(0xefebfc),
        .envLocal = rgb(0x1f7a6d),
        .envStaging = rgb(0x9a5b12),
        .envProduction = rgb(0xb3203f),
        .onEnv = rgb(0xffffff),
        .scrim = QColor(30, 38, 50, 97),
        .synKey = rgb(0x176a9c),
        .synStr = rgb(0x0f7541),
        .synNum = rgb(0x8a5700),
        .synOp = rgb(0x6446d2),
        .heat = {rgb(0xf4f6f9), rgb(0xdbe7f4), rgb(0xb7d0ea), rgb(0x8db4dc), rgb(0xf1d18b), rgb(0xefa9a3)},
        .gateway = rgb(0x2c84b0),
        .identity = rgb(0x2f2876),
        .content = rgb(0x5c4f0e),
        .media = rgb(0x62265e),
        .messaging = rgb(0x104c42),
        .chat = rgb(0x79791c),
        .social = rgb(0xca6577),
        .feed = rgb(0x13753c),
        .notification = rgb(0xc83884),
        .store = rgb(0x66717f),
        .people = rgb(0x2a323c),
    };
}

// Names as they appear in service names, topics and store names; the first that is contained wins.
const std::pair<QStringView, QColor Tokens::*> serviceNames[] = {
    {u"gateway", &Tokens::gateway}, {u"identity", &Tokens::identity}, {u"content", &Tokens::content},
    {u"media", &Tokens::media},     {u"messag", &Tokens::messaging},  {u"chat", &Tokens::chat},
    {u"social", &Tokens::social},   {u"feed", &Tokens::feed},         {u"notification", &Tokens::notification},
    {u"people", &Tokens::people},   {u"user", &Tokens::people},       {u"console", &Tokens::people},
};

}  // namespace

const Tokens& darkTokens() {
    static const Tokens tokens = makeDark();
    return tokens;
}

const Tokens& lightTokens() {
    static const Tokens tokens = makeLight();
    return tokens;
}

QColor Tokens::service(QStringView name) const {
    for (const auto& [part, color] : serviceNames)
        if (name.contains(part)) return this->*color;
    return store;
}

QColor Tokens::topic(QStringView name) const {
    if (name.endsWith(u".dlq")) name.chop(4);
    return name.startsWith(u"nova.") ? service(name) : store;
}

}  // namespace nova::theme
