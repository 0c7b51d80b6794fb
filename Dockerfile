# Builds Cordee and packs what runs: docker build -t cordee .
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
# Libraries first: they change less often than sources.
COPY pom.xml ./
COPY proto/pom.xml proto/
COPY formats/pom.xml formats/
COPY common/pom.xml common/
COPY gallery/pom.xml gallery/
COPY server/pom.xml server/
COPY worker/pom.xml worker/
COPY experiment/pom.xml experiment/
COPY cli/pom.xml cli/
COPY bench/pom.xml bench/
COPY proto/src proto/src
COPY formats/src formats/src
RUN mvn -q -ntp -B -pl proto,formats -Dspotless.check.skip package
COPY common/src/main common/src/main
COPY gallery/src/main gallery/src/main
COPY server/src/main server/src/main
COPY worker/src/main worker/src/main
COPY experiment/src/main experiment/src/main
COPY cli/src/main cli/src/main
RUN mvn -q -ntp -B -pl cli -am -Dmaven.test.skip -Dspotless.check.skip package

FROM eclipse-temurin:17-jre
COPY --from=build /build/cli/target/lib /opt/cordee/cli/target/lib
COPY --from=build /build/cli/target/*.jar /opt/cordee/cli/target/
COPY --from=build /build/cli/target/THIRD-PARTY.txt /opt/cordee/
COPY cordee LICENSE NOTICE /opt/cordee/
# The first training writes the class archive that later calls start from.
RUN ln -s /opt/cordee/cordee /usr/local/bin/cordee \
    && cordee train --in-process --quiet --rounds 1 --out /tmp/run && rm -r /tmp/run \
    && install -d -o 1000 -g 1000 /cordee /cordee/runs /cordee/data
WORKDIR /cordee
USER 1000:1000
ENTRYPOINT ["cordee"]
CMD ["--help"]
