package dev.origo.testkit.conformance;

import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.Protocol;
import dev.origo.spi.Capabilities;
import java.util.Locale;
import java.util.Set;

/// What a scenario asks of a provider. Where it is declared, it has to work; where it is not, the
/// Service has to be refused with this code.
public enum Need {
    UDP(Code.UNSUPPORTED_PROTOCOL),
    MIXED_PROTOCOLS(Code.MIXED_PROTOCOL_NOT_SUPPORTED),
    IPV6(Code.IP_FAMILY_NOT_SUPPORTED),
    SOURCE_RANGES(Code.SOURCE_RANGES_NOT_ENFORCED),
    CLIENT_IP_AFFINITY(Code.AFFINITY_NOT_SUPPORTED),
    REQUESTED_IP(Code.LOAD_BALANCER_IP_NOT_SUPPORTED),
    PACKET(Code.CLIENT_ADDRESS_MODE_NOT_SUPPORTED),
    PROXY_PROTOCOL_V1(Code.CLIENT_ADDRESS_MODE_NOT_SUPPORTED),
    PROXY_PROTOCOL_V2(Code.CLIENT_ADDRESS_MODE_NOT_SUPPORTED),
    FORWARDED_HEADER(Code.CLIENT_ADDRESS_MODE_NOT_SUPPORTED),
    NO_CARRIER(Code.CLIENT_ADDRESS_MODE_NOT_SUPPORTED);

    private final Code refusal;

    Need(Code refusal) {
        this.refusal = refusal;
    }

    static Need of(Carrier carrier) {
        return switch (carrier) {
            case PACKET -> PACKET;
            case PROXY_PROTOCOL_V1 -> PROXY_PROTOCOL_V1;
            case PROXY_PROTOCOL_V2 -> PROXY_PROTOCOL_V2;
            case FORWARDED_HEADER -> FORWARDED_HEADER;
            case NONE -> NO_CARRIER;
        };
    }

    boolean isDeclared(Capabilities c) {
        return switch (this) {
            case UDP -> c.carriers().containsKey(Protocol.UDP);
            case MIXED_PROTOCOLS -> c.mixedProtocols();
            case IPV6 -> c.families().contains(IpFamily.IPV6);
            case SOURCE_RANGES -> c.enforcesSourceRanges();
            case CLIENT_IP_AFFINITY -> c.clientIpAffinity();
            case REQUESTED_IP -> c.honoursRequestedIp();
            case PACKET -> offers(c, Carrier.PACKET);
            case PROXY_PROTOCOL_V1 -> offers(c, Carrier.PROXY_PROTOCOL_V1);
            case PROXY_PROTOCOL_V2 -> offers(c, Carrier.PROXY_PROTOCOL_V2);
            case FORWARDED_HEADER -> offers(c, Carrier.FORWARDED_HEADER);
            case NO_CARRIER -> offers(c, Carrier.NONE);
        };
    }

    private static boolean offers(Capabilities c, Carrier carrier) {
        return c.carriers().getOrDefault(Protocol.TCP, Set.of()).contains(carrier);
    }

    Code refusal() {
        return refusal;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
